package dev.coatcheck.prove;

import dev.coatcheck.prove.check.Cause;
import dev.coatcheck.prove.report.Acceptance;
import dev.coatcheck.prove.report.CheckResult;
import dev.coatcheck.prove.report.FoundLeak;
import dev.coatcheck.prove.report.Report;
import dev.coatcheck.prove.report.ScenarioSummary;
import dev.coatcheck.prove.report.StepRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Leaks that a team knows of and lives with for the time being, each with a reason and a last day: so that a proof of an
 * old application fails on what is new. A file in JSON, for people to edit:
 *
 * <pre>{@code
 * { "format": 1,
 *   "accepted": [
 *     { "scenario": "login", "cause": "memory", "polluter": "POST /login", "victim": "GET /me",
 *       "reason": "sessions move to Redis with the next release", "until": "2027-01-31" } ] }
 * }</pre>
 *
 * <p>A leak is the same as an accepted one where scenario, cause, and the requests of both steps are; which check found it,
 * and where it lives, may change. Immutable.
 */
public final class Baseline {
    private static final int FORMAT = 1;

    /** Until when a leak is accepted that somebody has yet to look at. */
    private static final int DAYS_FOR_NEW_ONES = 90;

    private static final String NO_REASON_YET = "was there when this file was written; say why it may stay, or mend it";
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final List<Entry> entries;

    /** @param polluter as {@code POST /login}; empty where no single step was one */
    private record Entry(
            String scenario, Cause cause, Optional<String> polluter, String victim, Acceptance acceptance) {
        boolean isOf(FoundLeak leak) {
            return scenario.equals(leak.victim().scenario())
                    && cause == leak.cause()
                    && polluter.equals(leak.polluter().map(StepRef::request))
                    && victim.equals(leak.victim().request());
        }

        boolean isOver(LocalDate today) {
            return acceptance.until().isBefore(today);
        }

        String title() {
            return cause.word() + ": " + polluter.map(step -> step + " → ").orElse("") + victim + " (scenario '"
                    + scenario + "')";
        }
    }

    private Baseline(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** Accepts nothing. */
    public static Baseline none() {
        return new Baseline(List.of());
    }

    /**
     * Reads one.
     *
     * @throws InvalidBaselineException with what is wrong, where, and what is expected
     * @throws IOException if the file cannot be read
     */
    public static Baseline read(Path file) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(Files.readString(file, StandardCharsets.UTF_8));
        } catch (JacksonException e) {
            throw new InvalidBaselineException(file + " is not JSON: " + e.getOriginalMessage() + " in line "
                    + Optional.ofNullable(e.getLocation())
                            .map(at -> at.getLineNr())
                            .orElse(1));
        }
        if (root.path("format").asInt(0) != FORMAT || !root.path("accepted").isArray()) {
            throw new InvalidBaselineException(
                    file + " is not a baseline: expected \"format\": " + FORMAT + " and an array \"accepted\"");
        }
        List<Entry> entries = new ArrayList<>();
        for (JsonNode node : root.path("accepted")) {
            entries.add(entry(node, file + ", entry " + (entries.size() + 1)));
        }
        return new Baseline(entries);
    }

    private static Entry entry(JsonNode node, String where) {
        String cause = text(node, "cause", where);
        String until = text(node, "until", where);
        try {
            return new Entry(
                    text(node, "scenario", where),
                    Arrays.stream(Cause.values())
                            .filter(one -> one.word().equals(cause))
                            .findFirst()
                            .orElseThrow(() -> new InvalidBaselineException(
                                    where + ": there is no cause \"" + cause + "\"; there are " + causes())),
                    node.path("polluter").isString() ? Optional.of(text(node, "polluter", where)) : Optional.empty(),
                    text(node, "victim", where),
                    new Acceptance(text(node, "reason", where), LocalDate.parse(until)));
        } catch (DateTimeParseException e) {
            throw new InvalidBaselineException(where + ": \"until\" is a day as 2027-01-31, and not \"" + until + "\"");
        }
    }

    private static String causes() {
        return Arrays.stream(Cause.values()).map(Cause::word).collect(Collectors.joining(", "));
    }

    private static String text(JsonNode node, String name, String where) {
        String text = node.path(name).isString() ? node.path(name).stringValue().strip() : "";
        if (text.isEmpty()) {
            throw new InvalidBaselineException(where + ": \"" + name + "\" is missing, or is not a text");
        }
        return text;
    }

    /** Those leaks, each with its acceptance where there is one that is not over; those without come first. */
    List<FoundLeak> judge(List<FoundLeak> leaks, LocalDate today) {
        List<FoundLeak> open = new ArrayList<>();
        List<FoundLeak> accepted = new ArrayList<>();
        for (FoundLeak leak : leaks) {
            entries.stream()
                    .filter(entry -> entry.isOf(leak) && !entry.isOver(today))
                    .findFirst()
                    .ifPresentOrElse(entry -> accepted.add(leak.accepted(entry.acceptance())), () -> open.add(leak));
        }
        open.addAll(accepted);
        return open;
    }

    /** What is to be said of this baseline itself: what is over, and what is accepted and was not found. */
    List<String> notes(List<FoundLeak> leaks, Set<String> played, LocalDate today) {
        List<String> notes = new ArrayList<>();
        for (Entry entry : entries) {
            boolean found = leaks.stream().anyMatch(entry::isOf);
            if (found && entry.isOver(today)) {
                notes.add("the baseline accepted this until "
                        + entry.acceptance().until() + ", which is over: " + entry.title());
            } else if (!found && played.contains(entry.scenario())) {
                notes.add("the baseline accepts what was not found any more, and may be without it: " + entry.title());
            }
        }
        return notes;
    }

    /**
     * Writes a file that accepts all leaks of a report: those that this baseline accepts as it does, the others for 90 days
     * and with a reason that asks for one. What it accepts and was not found stays where that was not looked for: in scenarios
     * that were not played, and in all where not every check was made.
     *
     * @throws IOException if it cannot be written; the file is as it was then
     */
    public void write(Path file, Report report, LocalDate today) throws IOException {
        Set<String> played =
                report.scenarios().stream().map(ScenarioSummary::name).collect(Collectors.toSet());
        boolean whole = CheckResult.areWhole(report.checks());
        List<Entry> all = new ArrayList<>(entries.stream()
                .filter(entry -> report.leaks().stream().noneMatch(entry::isOf))
                .filter(entry -> !whole || !played.contains(entry.scenario()))
                .toList());
        for (FoundLeak leak : report.leaks()) {
            Acceptance acceptance =
                    leak.acceptance().orElseGet(() -> new Acceptance(NO_REASON_YET, today.plusDays(DAYS_FOR_NEW_ONES)));
            all.add(new Entry(
                    leak.victim().scenario(),
                    leak.cause(),
                    leak.polluter().map(StepRef::request),
                    leak.victim().request(),
                    acceptance));
        }
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("format", FORMAT);
        var accepted = root.putArray("accepted");
        for (Entry entry : all.stream().distinct().toList()) {
            ObjectNode node = accepted.addObject();
            node.put("scenario", entry.scenario()).put("cause", entry.cause().word());
            entry.polluter().ifPresent(polluter -> node.put("polluter", polluter));
            node.put("victim", entry.victim())
                    .put("reason", entry.acceptance().reason())
                    .put("until", entry.acceptance().until().toString());
        }
        Path fresh = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".new");
        try {
            Files.writeString(fresh, JSON.writeValueAsString(root) + "\n", StandardCharsets.UTF_8);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
