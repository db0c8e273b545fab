/**
 * Reads the part of the {@code .http} notation of JetBrains' HTTP client and VS Code's REST Client that both mean alike, and
 * refuses the rest of it with its line.
 */
@NullMarked
package dev.coatcheck.prove.scenario.http;

import org.jspecify.annotations.NullMarked;
