package dev.coatcheck.state.uploads;

import dev.coatcheck.state.blobs.PresignedRequest;

/**
 * Leave to store one part.
 *
 * @param number the part's, from 1
 * @param offset where its bytes begin in the whole
 * @param length how many it has: the store takes no more and no less
 * @param request what is to be sent, with these bytes
 */
public record PresignedPart(int number, long offset, long length, PresignedRequest request) {}
