/** Reads the part of Hurl's notation that {@code docs/scenarios.md} describes, and says clearly what it does not take. */
@NullMarked
package dev.coatcheck.prove.scenario.hurl;

import org.jspecify.annotations.NullMarked;
