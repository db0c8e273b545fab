package dev.coatcheck.prove.lab;

import java.util.List;

/** What became of a web process that was started without some variables. */
public sealed interface Lacking {
    /** It took requests, as if nothing were missing. */
    record CameUp() implements Lacking {}

    /** It ended before it was ready. */
    record Ended(List<String> lastLines) implements Lacking {
        public Ended {
            lastLines = List.copyOf(lastLines);
        }
    }

    /** It ran on until the limit, and did not become ready. */
    record NeitherNor() implements Lacking {}
}
