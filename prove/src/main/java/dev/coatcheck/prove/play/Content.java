package dev.coatcheck.prove.play;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The body of a response: its beginning, and for all of it the length and the SHA-256. */
public final class Content {
    /** How many bytes are kept. */
    public static final int KEPT = 16 << 20;

    /** Up to so many bytes it is looked at what it is. */
    private static final int LOOKED_AT = 1 << 20;

    private final byte[] kept;
    private final long length;
    private final String sha256;

    private Content(byte[] kept, long length, String sha256) {
        this.kept = kept;
        this.length = length;
        this.sha256 = sha256;
    }

    public static Content of(byte[] bytes) {
        MessageDigest digest = sha256();
        digest.update(bytes);
        return new Content(Arrays.copyOf(bytes, Math.min(bytes.length, KEPT)), bytes.length, hex(digest));
    }

    /** Reads the stream to its end, with memory for what is kept alone. */
    static Content read(InputStream stream) throws IOException {
        MessageDigest digest = sha256();
        byte[] kept = stream.readNBytes(KEPT);
        digest.update(kept);
        long length = kept.length;
        byte[] buffer = new byte[64 << 10];
        for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
            digest.update(buffer, 0, read);
            length += read;
        }
        return new Content(kept, length, hex(digest));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** All bytes, or the first {@link #KEPT}. */
    public byte[] bytes() {
        return kept.clone();
    }

    /** What is kept, as text. */
    public String text(Charset charset) {
        return new String(kept, charset);
    }

    /** How many bytes were received. */
    public long length() {
        return length;
    }

    /** Of all bytes that were received. */
    public String sha256Hex() {
        return sha256;
    }

    /** Whether it may be a JSON object or array; {@code false} for what is long. */
    boolean looksLikeJson() {
        for (byte b : kept) {
            if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
                return length <= LOOKED_AT && (b == '{' || b == '[');
            }
        }
        return false;
    }

    /** Whether it is text in this coding, without the control characters that no text has; {@code false} for what is long. */
    boolean looksLikeText(Charset charset) {
        if (length > LOOKED_AT) {
            return false;
        }
        for (byte b : kept) {
            if (b >= 0 && b < ' ' && "\t\r\n\f\u001b".indexOf(b) < 0) {
                return false;
            }
        }
        try {
            charset.newDecoder().decode(ByteBuffer.wrap(kept));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    public boolean isComplete() {
        return kept.length == length;
    }

    @Override
    public String toString() {
        return length + " bytes";
    }
}
