/**
 * What becomes of requests when the processes change that serve them: while one is asked to end, while all are replaced, while
 * their number changes. No part of the verdict, which speaks of state.
 */
@NullMarked
package dev.coatcheck.prove.load;

import org.jspecify.annotations.NullMarked;
