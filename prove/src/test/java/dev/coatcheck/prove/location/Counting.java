package dev.coatcheck.prove.location;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** A program for tests: on the line {@code step} each of its numbers changes; on any other only what counts all lines. */
final class Counting {
    private static int visits;
    private static int lines;
    private static boolean warm;
    private static int started;

    /** A singleton that only a thread leads to. */
    private static final class Shop implements Runnable {
        private long total = 10;
        private final AtomicLong likes = new AtomicLong();
        private final LongAdder sold = new LongAdder();
        private final Map<String, Integer> counts = new HashMap<>(Map.of("home", 7));
        private final Map<Long, String> orders = new ConcurrentHashMap<>(Map.of(50L, "rake", 5000L, "hoe"));
        private final List<String> items = new ArrayList<>(List.of("rake", "hoe", "saw", "axe"));
        private final long[] hits = {0, 0, 31};
        private Integer stock = 41;
        private double price = 1.25;
        private boolean open;

        @Override
        public void run() {
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            System.out.println("ready");
            try {
                for (String line = input.readLine(); line != null; line = input.readLine()) {
                    lines++;
                    warm = true;
                    started = 1;
                    if (line.equals("step")) {
                        step();
                    }
                    System.out.println("done");
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            System.out.println(lines + visits + started + total + price + stock + " " + open + warm);
        }

        private void step() {
            visits++;
            total += 2;
            likes.addAndGet(3);
            sold.add(61);
            for (int i = 0; i < 100; i++) {
                counts.put("page " + i, 1000 + i); // the table grows, so that no entry stays in its place
            }
            counts.merge("home", 1, Integer::sum);
            orders.put(51L, "axe");
            items.add("spade");
            hits[2]++;
            stock = 42;
            price = 1.5;
            open = true;
        }
    }

    private Counting() {}

    public static void main(String[] arguments) {
        // A lambda's class has the readable name of the one that it stands in.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("closed")));
        new Thread(new Shop(), "shop").start();
    }
}
