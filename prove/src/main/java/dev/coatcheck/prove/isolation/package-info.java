/**
 * Disks, host names and networks of their own for the instances of an application, so that what one of them leaves on its
 * disk no other finds: an {@link dev.coatcheck.prove.isolation.Isolation} says what this machine gives and makes
 * {@linkplain dev.coatcheck.prove.isolation.Layer layers}, in which processes are started.
 */
@NullMarked
package dev.coatcheck.prove.isolation;

import org.jspecify.annotations.NullMarked;
