package dev.coatcheck.prove.har;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which entries of a recording are steps.
 *
 * @param origin the application's
 * @param steps what its users did
 * @param leftOut of the other entries, how many are left out why, in words
 */
record HarChoice(String origin, List<HarEntry> steps, Map<String, Integer> leftOut) {
    private static final int MOST_NAMED = 3;

    /**
     * Chooses.
     *
     * @param given the application's origin, where somebody says it
     * @return empty where no entry is a request of HTTP that was answered
     */
    static Optional<HarChoice> of(List<HarEntry> entries, Optional<String> given) {
        return given.or(() -> origin(entries)).map(origin -> new Choosing(origin).among(entries));
    }

    /**
     * Where most requests went that are no mere files, among the first page's own host and its neighbours: an application's
     * pages and its API may be two of them, and neither is the service that counts its visitors.
     */
    private static Optional<String> origin(List<HarEntry> entries) {
        List<HarEntry> answered = entries.stream()
                .filter(entry -> entry.response().status() > 0 && entry.url().isPresent() && !entry.isWebSocket())
                .toList();
        Optional<HarUrl> first =
                answered.stream().filter(HarEntry::isNavigation).findFirst().flatMap(HarEntry::url);
        List<HarEntry> telling = answered.stream().filter(HarEntry::isAnswered).toList();
        return most(telling, first, true).or(() -> most(answered, first, true)).or(() -> most(answered, first, false));
    }

    private static Optional<String> most(List<HarEntry> entries, Optional<HarUrl> first, boolean withoutFiles) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (HarEntry entry : entries) {
            HarUrl url = entry.url().orElseThrow();
            if (first.filter(page -> !page.isNeighbourOf(url)).isEmpty() && !(withoutFiles && entry.isAsset())) {
                counts.merge(url.origin(), 1, Integer::sum);
            }
        }
        // Of equals the first.
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /**
     * As {@code 12 of its 80 entries are steps, those of https://shop.example.org; left out are 60 of other addresses
     * (https://cdn.example.org), 5 files of pages}.
     */
    String summary(int entries) {
        String left = leftOut.entrySet().stream()
                .map(reason -> reason.getValue() + " " + reason.getKey())
                .collect(Collectors.joining(", "));
        return steps.size() + " of its " + entries + " entries are steps, those of " + origin
                + (left.isEmpty() ? "" : "; left out are " + left);
    }

    private static final class Choosing {
        private static final String OTHER_HOSTS = "of other addresses";

        private final String origin;
        private final Map<String, Integer> leftOut = new LinkedHashMap<>();
        private final Map<String, Integer> others = new HashMap<>();
        private final Set<String> ofPages = new HashSet<>();
        private boolean uploaded;

        Choosing(String origin) {
            this.origin = origin;
        }

        HarChoice among(List<HarEntry> entries) {
            List<HarEntry> steps = new ArrayList<>();
            List<HarEntry> files = new ArrayList<>();
            for (HarEntry entry : entries) {
                Optional<String> why = whyNot(entry);
                if (why.isPresent()) {
                    leftOut.merge(why.get(), 1, Integer::sum);
                } else if (entry.isAsset() && !mayBeUploaded(entry)) {
                    files.add(entry);
                    ofPages.add(entry.target());
                } else {
                    steps.add(entry);
                }
                uploaded |= entry.isUpload();
            }
            if (steps.isEmpty()) {
                steps = files;
            } else if (!files.isEmpty()) {
                leftOut.put("files of pages, as pictures and scripts", files.size());
            }
            return new HarChoice(origin, List.copyOf(steps), named());
        }

        /** A picture that an application keeps for a user is state; one that belongs to its pages is not. */
        private boolean mayBeUploaded(HarEntry entry) {
            return entry.isMedia() && (entry.isMade() || (uploaded && !ofPages.contains(entry.target())));
        }

        private Optional<String> whyNot(HarEntry entry) {
            if (entry.url().isEmpty()) {
                return Optional.of("of no HTTP");
            }
            HarUrl url = entry.url().get();
            if (!url.applicationsOrigin().equals(origin)) {
                others.merge(url.applicationsOrigin(), 1, Integer::sum);
                return Optional.of(OTHER_HOSTS);
            }
            if (entry.isPreflight() || entry.method().equals("CONNECT")) {
                return Optional.of("preflights");
            }
            return entry.response().status() <= 0
                    ? Optional.of("without a response: the browser gave them up or blocked them")
                    : Optional.empty();
        }

        private Map<String, Integer> named() {
            Map<String, Integer> named = new LinkedHashMap<>();
            leftOut.forEach(
                    (why, count) -> named.put(why.equals(OTHER_HOSTS) ? why + " (" + names() + ")" : why, count));
            return named;
        }

        private String names() {
            String most = others.entrySet().stream()
                    .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                            .thenComparing(Map.Entry.comparingByKey()))
                    .limit(MOST_NAMED)
                    .map(Map.Entry::getKey)
                    .collect(Collectors.joining(", "));
            return others.size() > MOST_NAMED ? most + ", …" : most;
        }
    }
}
