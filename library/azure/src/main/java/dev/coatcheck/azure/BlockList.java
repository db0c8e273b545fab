package dev.coatcheck.azure;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;

/** The blocks of one blob on its way, under ids that nobody else's have. */
final class BlockList {
    /** What Azure allows. */
    static final int MOST_BLOCKS = 50_000;

    private final String name = UUID.randomUUID().toString();
    private final List<String> ids = new ArrayList<>();

    /** The id of the next block. All of a blob have to be of the same length, and of digits that are ASCII. */
    String add() {
        var id = String.format(Locale.ROOT, "%s-%06d", name, ids.size());
        ids.add(Base64.getEncoder().encodeToString(id.getBytes(StandardCharsets.US_ASCII)));
        return ids.getLast();
    }

    /**
     * What makes them a blob. The latest of each id, so that it may be asked for twice: the second time the blocks are no longer
     * uncommitted ones.
     */
    byte[] xml() {
        return ids.stream()
                .map(id -> "<Latest>" + id + "</Latest>")
                .collect(
                        Collectors.joining("", "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>", "</BlockList>"))
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Of that, in Base64. */
    String md5() {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("MD5").digest(xml()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has MD5", e);
        }
    }
}
