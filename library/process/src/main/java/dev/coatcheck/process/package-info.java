/**
 * What a stateless process needs to live and die well: {@code config} reads it from the environment, {@code lifecycle}
 * starts and stops it, {@code health} tells the world how it is, {@code logs} writes what it did, one JSON object a line.
 * The parts are independent of any web server.
 */
@NullMarked
package dev.coatcheck.process;

import org.jspecify.annotations.NullMarked;
