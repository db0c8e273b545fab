package dev.coatcheck.prove.bind;

import dev.coatcheck.prove.scenario.Selection;

/**
 * A value in a response.
 *
 * @param name what it is called there: the field of an object, a header, the segment of a path before it
 */
record Leaf(Selection selection, String name, String value) {}
