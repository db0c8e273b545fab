/**
 * What a proof found, as records, and the faces it is read in: the terminal, {@code report.html}, {@code report.json},
 * {@code junit.xml} and {@code report.sarif}. A {@link dev.coatcheck.prove.report.Report} is made once, at the end; every
 * face is a pure function of it, so that they cannot tell different stories.
 */
@NullMarked
package dev.coatcheck.prove.report;

import org.jspecify.annotations.NullMarked;
