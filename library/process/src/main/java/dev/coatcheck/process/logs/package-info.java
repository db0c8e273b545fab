/**
 * Logs as one JSON object a line on standard output, and nothing in files. Having this module on the class path is enough:
 * {@link dev.coatcheck.process.logs.LogConfigurator} sets up Logback, which SLF4J and {@code java.util.logging} write to.
 * {@link dev.coatcheck.process.logs.Logs} describes the lines and the variables that change them.
 */
@NullMarked
package dev.coatcheck.process.logs;

import org.jspecify.annotations.NullMarked;
