package dev.coatcheck.prove.location;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** A program for tests: keeps what its second argument is, in the way that the first one names, until it is ended. */
final class Remembering {
    private static final Map<String, Session> SESSIONS = new ConcurrentHashMap<>();

    /** As a library's pool that some request's bytes went through. */
    private static final byte[] POOLED = new byte[8_000];

    /** As a library's for each thread, that is filled anew each time. */
    private static final StringBuilder BUILDER = new StringBuilder(1_000);

    /** Outside the heap. */
    private static ByteBuffer direct = ByteBuffer.allocateDirect(0);

    private record Session(String user, Map<String, Object> attributes) {}

    /** A singleton that only a thread leads to. */
    private static final class Login implements Runnable {
        private final Map<String, String> sessions = new HashMap<>();
        private UUID last = new UUID(0, 0);
        private final StringBuilder draft = new StringBuilder();

        @Override
        public void run() {
            System.out.println("ready");
            try {
                Thread.sleep(Long.MAX_VALUE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            System.out.println(sessions + " " + last + " " + draft + " " + direct);
        }
    }

    private Remembering() {}

    public static void main(String[] arguments) throws Exception {
        // Neither the command line nor the stack of main must hold the needle.
        String needle = new StringBuilder(arguments[1]).reverse().toString();
        Login login = new Login();
        switch (arguments[0]) {
            case "static" -> SESSIONS.put(needle, new Session("bob", Map.of()));
            case "nested" -> SESSIONS.put("visitor", new Session("bob", new HashMap<>(Map.of("cart", needle))));
            case "singleton" -> login.sessions.put(needle, "bob");
            case "pooled" -> {
                login.sessions.put(needle, "bob");
                byte[] text = needle.getBytes(StandardCharsets.UTF_8);
                System.arraycopy(text, 0, POOLED, 100, text.length);
            }
            case "rebuilt" -> {
                login.sessions.put(needle, "bob");
                BUILDER.append("name=").append(needle).append("&").setLength(0);
            }
            case "hashed" -> {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(needle.getBytes(StandardCharsets.UTF_8));
                SESSIONS.put(HexFormat.of().formatHex(digest), new Session("bob", Map.of()));
            }
            case "uuid" -> login.last = UUID.fromString(needle);
            case "builder" -> login.draft.append(needle).append(" and more");
            case "number" ->
                SESSIONS.put("visitor", new Session("bob", new HashMap<>(Map.of("id", Long.valueOf(needle)))));
            case "direct" -> {
                byte[] text = needle.getBytes(StandardCharsets.UTF_8);
                direct = ByteBuffer.allocateDirect(8_000).put(text);
                Arrays.fill(text, (byte) 0);
            }
            case "nothing" -> System.gc();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        arguments[1] = "";
        new Thread(login, "login").start();
    }
}
