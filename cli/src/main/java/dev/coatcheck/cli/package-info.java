/** The command line: {@code coatcheck up}, which runs a formation, and the commands that speak with one that runs. */
@NullMarked
package dev.coatcheck.cli;

import org.jspecify.annotations.NullMarked;
