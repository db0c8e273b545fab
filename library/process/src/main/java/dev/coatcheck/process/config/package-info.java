/**
 * Configuration from the environment into records. {@link dev.coatcheck.process.config.Config} is the entry; every
 * problem is told at once, before the process does anything else. {@link dev.coatcheck.process.config.Secret} holds what
 * must never be printed.
 */
@NullMarked
package dev.coatcheck.process.config;

import org.jspecify.annotations.NullMarked;
