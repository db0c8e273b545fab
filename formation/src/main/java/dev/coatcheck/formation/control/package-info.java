/**
 * How one command speaks with the formation that another one runs: over a socket in the file system that only its owner
 * may use, a line of JSON each way.
 */
@NullMarked
package dev.coatcheck.formation.control;

import org.jspecify.annotations.NullMarked;
