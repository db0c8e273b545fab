/**
 * Configuration from the environment into records. {@link dev.coatcheck.process.config.Config} is the entry; every
 * problem is told at once, before the process does anything else. {@link dev.coatcheck.process.config.Secret} holds what
 * must never be printed, and follows what rotates; {@link dev.coatcheck.process.config.SecretSource} is where more of them
 * may come from.
 */
@NullMarked
package dev.coatcheck.process.config;

import org.jspecify.annotations.NullMarked;
