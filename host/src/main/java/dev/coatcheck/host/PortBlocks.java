package dev.coatcheck.host;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * A range of TCP ports in blocks, of which each belongs to one JVM of the machine at a time: a port looks free from when it is
 * given until its server listens, which may be seconds, and must not be given by another JVM meanwhile. A block belongs to who
 * has bound a UDP socket to its first number, which no TCP server minds, for which users need not share a file, and which ends
 * with the JVM. The last blocks are kept, for what listens late and for servers that start again. Safe for use by several
 * threads.
 */
final class PortBlocks implements AutoCloseable {
    private static final int SIZE = 100;

    /** Kept by one JVM: a sixth of the range of {@link TcpPorts}, since several run at once. */
    private static final int KEPT = 20;

    private final int first;
    private final int last;

    /** The one that was taken longest ago first. */
    private final Deque<Block> own = new ArrayDeque<>();

    private final Deque<Integer> undrawn = new ArrayDeque<>();

    private record Block(int start, DatagramSocket mark) {}

    /**
     * @param first of the range, included
     * @param last of the range, excluded
     */
    PortBlocks(int first, int last) {
        this.first = first;
        this.last = last;
    }

    /** One of an own block, and none twice in as many as are kept; any of the range where others have all of the blocks. */
    synchronized int draw() {
        if (undrawn.isEmpty()) {
            Optional.ofNullable(free().orElseGet(own::poll)).ifPresent(this::keep);
        }
        return undrawn.isEmpty() ? ThreadLocalRandom.current().nextInt(first, last) : undrawn.pop();
    }

    private void keep(Block block) {
        own.add(block);
        undrawn.addAll(inAnyOrder(IntStream.range(block.start() + 1, block.start() + SIZE)));
        if (own.size() > KEPT) {
            own.remove().mark().close();
        }
    }

    private Optional<Block> free() {
        return inAnyOrder(IntStream.iterate(first, start -> start + SIZE <= last, start -> start + SIZE)).stream()
                .flatMap(start -> mark(start).map(mark -> new Block(start, mark)).stream())
                .findFirst();
    }

    /** Whatever it is that keeps from marking a block, a port can be had without. */
    private static Optional<DatagramSocket> mark(int port) {
        try {
            return Optional.of(new DatagramSocket(new InetSocketAddress(TcpPorts.loopback(), port)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static List<Integer> inAnyOrder(IntStream numbers) {
        List<Integer> shuffled = new ArrayList<>(numbers.boxed().toList());
        Collections.shuffle(shuffled, ThreadLocalRandom.current());
        return shuffled;
    }

    @Override
    public synchronized void close() {
        own.forEach(block -> block.mark().close());
        own.clear();
        undrawn.clear();
    }
}
