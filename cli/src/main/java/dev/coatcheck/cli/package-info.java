/** The command line: {@code coatcheck up}, {@code ps}, {@code stop}. */
@NullMarked
package dev.coatcheck.cli;

import org.jspecify.annotations.NullMarked;
