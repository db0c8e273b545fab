package dev.coatcheck.state.uploads;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;

/**
 * SHA-256 (FIPS 180-4) of bytes that come in several processes: where one stops, {@link #state()} says all that another
 * needs to go on. The platform's own does not tell; that is the one reason for this.
 *
 * <p>The state holds up to 63 of the last bytes. Not thread-safe.
 */
final class RunningSha256 {
    private static final int BLOCK = 64;
    private static final int[] ROUND = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
    };

    private final int[] hash;
    private final byte[] pending = new byte[BLOCK];
    private final int[] words = new int[BLOCK];
    private long length;

    /** Of nothing yet. */
    RunningSha256() {
        this.hash = new int[] {
            0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
        };
    }

    /** Goes on from what {@link #state()} said, in whichever process. */
    RunningSha256(String state) {
        this();
        var buffer = ByteBuffer.wrap(Base64.getDecoder().decode(state));
        length = buffer.getLong();
        for (int i = 0; i < hash.length; i++) {
            hash[i] = buffer.getInt();
        }
        buffer.get(pending, 0, pendingBytes());
    }

    String state() {
        var buffer = ByteBuffer.allocate(Long.BYTES + hash.length * Integer.BYTES + pendingBytes());
        buffer.putLong(length);
        for (int word : hash) {
            buffer.putInt(word);
        }
        buffer.put(pending, 0, pendingBytes());
        return Base64.getEncoder().encodeToString(buffer.array());
    }

    void update(byte[] bytes, int offset, int count) {
        int from = offset;
        int end = offset + count;
        int held = pendingBytes();
        length += count;
        if (held > 0) {
            int taken = Math.min(BLOCK - held, count);
            System.arraycopy(bytes, from, pending, held, taken);
            from += taken;
            if (held + taken < BLOCK) {
                return;
            }
            compress(pending, 0);
        }
        for (; end - from >= BLOCK; from += BLOCK) {
            compress(bytes, from);
        }
        System.arraycopy(bytes, from, pending, 0, end - from);
    }

    /** Of all bytes until now, in lower-case hexadecimal. This can go on afterwards. */
    String hex() {
        var last = new RunningSha256(state());
        last.pad();
        var digest = ByteBuffer.allocate(hash.length * Integer.BYTES);
        for (int word : last.hash) {
            digest.putInt(word);
        }
        return HexFormat.of().formatHex(digest.array());
    }

    private int pendingBytes() {
        return (int) (length % BLOCK);
    }

    private void pad() {
        long bits = length * Byte.SIZE;
        int held = pendingBytes();
        int zeros = (held < BLOCK - Long.BYTES ? BLOCK : 2 * BLOCK) - held - 1 - Long.BYTES;
        var padding = ByteBuffer.allocate(1 + zeros + Long.BYTES);
        padding.put((byte) 0x80);
        padding.putLong(1 + zeros, bits);
        update(padding.array(), 0, padding.capacity());
    }

    private void compress(byte[] bytes, int offset) {
        var block = ByteBuffer.wrap(bytes, offset, BLOCK);
        for (int i = 0; i < 16; i++) {
            words[i] = block.getInt();
        }
        for (int i = 16; i < BLOCK; i++) {
            words[i] = words[i - 16] + smallSigma0(words[i - 15]) + words[i - 7] + smallSigma1(words[i - 2]);
        }
        int a = hash[0];
        int b = hash[1];
        int c = hash[2];
        int d = hash[3];
        int e = hash[4];
        int f = hash[5];
        int g = hash[6];
        int h = hash[7];
        for (int i = 0; i < BLOCK; i++) {
            int first = h + bigSigma1(e) + ((e & f) ^ (~e & g)) + ROUND[i] + words[i];
            int second = bigSigma0(a) + ((a & b) ^ (a & c) ^ (b & c));
            h = g;
            g = f;
            f = e;
            e = d + first;
            d = c;
            c = b;
            b = a;
            a = first + second;
        }
        hash[0] += a;
        hash[1] += b;
        hash[2] += c;
        hash[3] += d;
        hash[4] += e;
        hash[5] += f;
        hash[6] += g;
        hash[7] += h;
    }

    private static int smallSigma0(int word) {
        return Integer.rotateRight(word, 7) ^ Integer.rotateRight(word, 18) ^ (word >>> 3);
    }

    private static int smallSigma1(int word) {
        return Integer.rotateRight(word, 17) ^ Integer.rotateRight(word, 19) ^ (word >>> 10);
    }

    private static int bigSigma0(int word) {
        return Integer.rotateRight(word, 2) ^ Integer.rotateRight(word, 13) ^ Integer.rotateRight(word, 22);
    }

    private static int bigSigma1(int word) {
        return Integer.rotateRight(word, 6) ^ Integer.rotateRight(word, 11) ^ Integer.rotateRight(word, 25);
    }
}
