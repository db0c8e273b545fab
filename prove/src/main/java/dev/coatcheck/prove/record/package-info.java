/**
 * Records what goes between a user and an application: a proxy of one's own in front of it keeps each request with its
 * response, and writes them as a HAR. {@link dev.coatcheck.prove.record.RecordingSession} starts an application to be recorded.
 */
@NullMarked
package dev.coatcheck.prove.record;

import org.jspecify.annotations.NullMarked;
