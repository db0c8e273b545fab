package dev.coatcheck.state.limits;

import dev.coatcheck.state.limits.Decision.Limited;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keys that the store has just said are limited, so that a flood of refused calls costs the store nothing.
 *
 * <p>Time alone ends a block, or a refund. A refund by this process is seen at once ({@link #forget}); one by another is
 * seen when a block is asked about again, which is after {@link #LONGEST} at the latest. Bounded: the key that was
 * longest not asked for is forgotten.
 */
final class KnownBlocks {
    static final Duration LONGEST = Duration.ofSeconds(1);
    private static final int MAX_KEYS = 10_000;

    private final Map<Key, Block> blocks = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Block> eldest) {
            return size() > MAX_KEYS;
        }
    };

    private record Key(Limit limit, String key) {
        static Key of(Ask ask) {
            return new Key(ask.limit(), ask.key());
        }
    }

    /** At this cost or more it is refused until its end; it is known until it is to be asked about again. */
    private record Block(long cost, long endNanos, long knownUntilNanos) {}

    /** The longest of the known blocks of what is asked. */
    synchronized Optional<Limited> longestOf(List<Ask> asks) {
        Limited longest = null;
        long now = System.nanoTime();
        for (var ask : asks) {
            var block = blocks.get(Key.of(ask));
            if (block == null) {
                continue;
            }
            if (now - block.knownUntilNanos >= 0) {
                blocks.remove(Key.of(ask));
            } else if (ask.cost() >= block.cost) {
                var wait = Duration.ofNanos(block.endNanos - now);
                if (longest == null || wait.compareTo(longest.retryAfter()) > 0) {
                    longest = new Limited(ask.limit(), wait);
                }
            }
        }
        return Optional.ofNullable(longest);
    }

    /** @param sentNanos a moment before the store decided, so that a block never outlives the store's */
    synchronized void add(Ask ask, Duration wait, long sentNanos) {
        var known = wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
        blocks.put(Key.of(ask), new Block(ask.cost(), sentNanos + wait.toNanos(), sentNanos + known.toNanos()));
    }

    synchronized void forget(List<Ask> asks) {
        asks.forEach(ask -> blocks.remove(Key.of(ask)));
    }
}
