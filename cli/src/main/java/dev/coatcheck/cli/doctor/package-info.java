/**
 * What this machine gives to those who run and prove applications on it, and how the backing services are that an
 * application is attached to. Everything is asked, nothing changed; {@link Examination} is the one entrance.
 */
@NullMarked
package dev.coatcheck.cli.doctor;

import org.jspecify.annotations.NullMarked;
