package dev.coatcheck.prove.location.heap;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The bytes of a heap dump of any size, mapped, with the reader's position. Big-endian, as the format is. */
final class HprofBytes implements AutoCloseable {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment bytes;
    private long position;
    private int idSize = Long.BYTES;

    HprofBytes(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    void idSize(int size) {
        idSize = size;
    }

    int idSize() {
        return idSize;
    }

    long position() {
        return position;
    }

    void seek(long to) {
        position = to;
    }

    void skip(long count) {
        position += count;
    }

    boolean hasMore() {
        return position < bytes.byteSize();
    }

    int u1() {
        return bytes.get(ValueLayout.JAVA_BYTE, position++) & 0xff;
    }

    int u2() {
        position += Short.BYTES;
        return bytes.get(SHORT, position - Short.BYTES) & 0xffff;
    }

    int i4() {
        position += Integer.BYTES;
        return bytes.get(INT, position - Integer.BYTES);
    }

    long u4() {
        return Integer.toUnsignedLong(i4());
    }

    long i8() {
        position += Long.BYTES;
        return bytes.get(LONG, position - Long.BYTES);
    }

    long id() {
        return idSize == Long.BYTES ? i8() : u4();
    }

    /** A value that is no object, as the type says; a truth value is 1 or 0. */
    double number(int type) {
        return switch (type) {
            case HprofType.BOOLEAN -> u1();
            case HprofType.BYTE -> (byte) u1();
            case HprofType.CHAR -> u2();
            case HprofType.SHORT -> (short) u2();
            case HprofType.FLOAT -> Float.intBitsToFloat(i4());
            case HprofType.INT -> i4();
            case HprofType.DOUBLE -> Double.longBitsToDouble(i8());
            case HprofType.LONG -> i8();
            default -> throw new IllegalArgumentException("no number is of type " + type);
        };
    }

    /** Copies without moving on. */
    void copy(long from, byte[] into, int length) {
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, from, into, 0, length);
    }

    String text(long length) {
        byte[] text = new byte[Math.toIntExact(length)];
        copy(position, text, text.length);
        position += length;
        return new String(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        arena.close();
    }
}
