/**
 * What is tried with a scenario, and what follows from how it went: the plans of each check, whether a difference is a leak,
 * which step left the state behind, and of what kind it is.
 */
@NullMarked
package dev.coatcheck.prove.check;

import org.jspecify.annotations.NullMarked;
