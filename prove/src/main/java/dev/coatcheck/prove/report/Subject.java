package dev.coatcheck.prove.report;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was proved, with what, and when.
 *
 * @param application its name, usually its folder's
 * @param folder that folder, relative to where the prover was started: {@code .}
 * @param definition the file that says how it is started, relative to that folder: {@code Procfile}; empty where the
 *     command line said it
 * @param command how its web process was started
 * @param instances how many were there to split a conversation over
 * @param at when the proof began
 * @param took how long it took
 * @param versions of what had a part in it, by name: {@code coatcheck}, {@code node}, {@code os}
 */
public record Subject(
        String application,
        String folder,
        Optional<String> definition,
        String command,
        int instances,
        Instant at,
        Duration took,
        Map<String, String> versions) {

    public Subject {
        command = Hidden.in(command);
        versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
    }
}
