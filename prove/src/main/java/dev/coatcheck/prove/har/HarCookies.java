package dev.coatcheck.prove.har;

import dev.coatcheck.prove.scenario.Field;
import dev.coatcheck.prove.scenario.Template;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The cookies of a recording that its responses do not explain. What a response sets needs nothing: the player keeps it. What
 * the first request of a user has already comes from before the recording, and no new instance knows it. What comes
 * later was set by a script of a page, and is sent as it was; where it looks as if it let somebody in, that is said, since
 * a path may have kept it from the first request.
 */
final class HarCookies {
    /** They count visitors; no session of an application is in them. */
    private static final Pattern OF_COUNTERS = Pattern.compile(
            "(?i)_ga.*|_gid|_gat.*|_gcl.*|_fbp|_hj.*|__utm.*|_pk_.*|_dd_s|ajs_.*|mp_.*|intercom-.*|amp_.*|.*consent.*");

    private static final Pattern OF_SESSIONS = Pattern.compile("(?i)sess|sid|auth|token|jwt");

    /** Nobody has typed it, and no page has chosen it for what it says. */
    private static final Pattern CREDENTIAL = Pattern.compile("(?=.*\\d)(?=.*[A-Za-z])[\\w.~+/=%:-]{16,}");

    /** A token with its claims, by RFC 7519, behind a word as {@code Bearer}. */
    private static final Pattern JWT = Pattern.compile("(?:\\S+ )?[\\w-]+\\.([\\w-]+)\\.[\\w-]*");

    private static final Pattern REDACTED =
            Pattern.compile("(?i)[\\[<(*]*(\\S+ )?(redacted|sanitized|removed|masked|hidden)[\\])>*]*|\\*{3,}|x{6,}");

    private final Map<String, Set<String>> setByUser = new HashMap<>();
    private final Map<String, Set<String>> fromBefore = new HashMap<>();
    private final Set<String> unexplained = new LinkedHashSet<>();

    /** The address whose answer has set a cookie, where that is not the application's. */
    private final Map<String, String> setElsewhere;

    private boolean carried;
    private boolean redacted;

    private HarCookies(Map<String, String> setElsewhere) {
        this.setElsewhere = setElsewhere;
    }

    /** @param entries all of the recording: a browser has one jar for all TCP ports of a host, and for a domain */
    static HarCookies among(List<HarEntry> entries, HarChoice choice) {
        Map<String, String> setElsewhere = new HashMap<>();
        for (HarEntry entry : entries) {
            entry.url()
                    .map(HarUrl::applicationsOrigin)
                    .filter(origin -> !origin.equals(choice.origin()))
                    .ifPresent(origin -> entry.response()
                            .cookies()
                            .keySet()
                            .forEach(name -> setElsewhere.putIfAbsent(name, origin)));
        }
        return new HarCookies(setElsewhere);
    }

    /** When a token says that it ends. */
    static Optional<Instant> end(String token) {
        Matcher jwt = JWT.matcher(token);
        if (!jwt.matches()) {
            return Optional.empty();
        }
        try {
            JsonNode end = JsonMapper.shared()
                    .readTree(Base64.getUrlDecoder().decode(jwt.group(1)))
                    .path("exp");
            return end.isNumber() ? Optional.of(Instant.ofEpochSecond(end.asLong())) : Optional.empty();
        } catch (IllegalArgumentException | JacksonException | DateTimeException e) {
            return Optional.empty(); // it only looks like one
        }
    }

    /** The cookies that are to be sent with an entry beside those that the player keeps. In the order of the entries. */
    List<Field> of(HarEntry entry) {
        Set<String> set = setByUser.computeIfAbsent(entry.user(), user -> new HashSet<>());
        Set<String> before = fromBefore.computeIfAbsent(entry.user(), user -> namesBefore(entry));
        List<Field> own = new ArrayList<>();
        entry.cookies().forEach((name, value) -> {
            if (!set.contains(name)
                    && !before.contains(name)
                    && !OF_COUNTERS.matcher(name).matches()) {
                own.add(new Field(name, Template.literal(value)));
            }
        });
        set.addAll(entry.response().cookies().keySet());
        own.stream()
                .filter(cookie -> OF_SESSIONS.matcher(cookie.name()).find()
                        || CREDENTIAL.matcher(cookie.value().toString()).matches())
                .map(Field::name)
                .forEach(unexplained::add);
        notice(entry);
        return own.stream()
                .filter(cookie -> !isRedacted(cookie.value().toString()))
                .toList();
    }

    private static Set<String> namesBefore(HarEntry first) {
        Set<String> names = new LinkedHashSet<>(first.cookies().keySet());
        names.removeIf(name -> OF_COUNTERS.matcher(name).matches());
        return names;
    }

    private void notice(HarEntry entry) {
        carried |= !entry.cookies().isEmpty()
                || !entry.response().headers("Set-Cookie").isEmpty()
                || entry.header("Authorization").isPresent();
        redacted |= entry.cookies().values().stream().anyMatch(HarCookies::isRedacted)
                || entry.header("Authorization").filter(HarCookies::isRedacted).isPresent()
                || entry.response().cookies().values().stream().anyMatch(HarCookies::isRedacted);
    }

    static boolean isRedacted(String value) {
        return REDACTED.matcher(value.strip()).matches();
    }

    /** What there is to say of them, in sentences. */
    List<String> notes(String creator) {
        List<String> notes = new ArrayList<>();
        Set<String> before = new LinkedHashSet<>();
        fromBefore.values().forEach(before::addAll);
        if (redacted) {
            notes.add(
                    "its cookies or its authorization were taken out and replaced by a word, so that they are not sent: a login"
                            + " inside the recording sets new cookies, but what only a header Authorization said is missing. Export it"
                            + " again with sensitive data, or record with 'coatcheck record'");
        } else if (!before.isEmpty()) {
            notes.add("it begins in the middle of a session: the first request carries "
                    + told(before)
                    + ", which no response before it has set. A new instance knows nothing of that, so it is not sent. If steps"
                    + " are refused for want of a login, record again from the login on, in a private window");
        } else if (!carried && isSanitizing(creator)) {
            notes.add(
                    "it holds no cookie and no authorization: browsers leave them out when they export a 'sanitized' HAR. Cookies"
                            + " are kept while it is played, so a login inside the recording works; a header Authorization is missing. If"
                            + " the application uses one, export again with sensitive data, or record with 'coatcheck record'");
        }
        if (!unexplained.isEmpty() && !redacted) {
            notes.add("no response of the application in it sets " + told(unexplained)
                    + ", so that it is sent as it was recorded. If it is of an older session, no new instance knows it: record"
                    + " again from the login on, in a private window");
        }
        return notes;
    }

    private String told(Set<String> names) {
        return names.stream()
                .map(name -> setElsewhere.containsKey(name)
                        ? name + " (an answer of " + setElsewhere.get(name) + " does, which is not played)"
                        : name)
                .collect(Collectors.joining(", "));
    }

    /** The developer tools of Chrome and those that are made of them. */
    private static boolean isSanitizing(String creator) {
        return creator.toLowerCase(Locale.ROOT).contains("webinspector");
    }
}
