/**
 * Keeps processes running: starts each in a group of its own, lets it be asked only when it is ready, takes it out the
 * moment it exits, and starts it again.
 */
@NullMarked
package dev.coatcheck.formation.supervision;

import org.jspecify.annotations.NullMarked;
