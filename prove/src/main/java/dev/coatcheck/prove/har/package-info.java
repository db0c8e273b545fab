/**
 * Conversations that were recorded: a HAR, as browsers and proxies export it, becomes a scenario in which each value that came
 * from a response is bound to it. {@link dev.coatcheck.prove.har.HarReader} reads files.
 */
@NullMarked
package dev.coatcheck.prove.har;

import org.jspecify.annotations.NullMarked;
