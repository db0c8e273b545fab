package dev.coatcheck.prove.location;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What is in an application's own code and pages is no needle: it is in every process. Scenarios, tests, documents and what
 * an earlier proof reported lie beside them, and are in none.
 */
final class OwnFiles {
    private static final long LARGEST_FILE = 1 << 20;
    private static final long MOST_BYTES = 32L << 20;
    private static final Set<String> SKIPPED =
            Set.of("node_modules", ".git", ".venv", "venv", "target", "build", ".gradle");
    private static final Set<String> BESIDE = Set.of("scenarios", "test", "tests", "docs");
    private static final Pattern NEVER_LOADED =
            Pattern.compile(".*\\.(hurl|http|har|md|log)", Pattern.CASE_INSENSITIVE);

    /** Of a report, a script that asks for one, or a list of accepted leaks: all of them quote the steps. */
    private static final List<String> ABOUT_PROOFS = List.of("coatcheck prove", "\"polluter\"");

    /** One of the files that are in each folder that a proof was reported into. */
    private static final String REPORT = "report.sarif";

    private OwnFiles() {}

    static Set<Needle> holding(Collection<Needle> needles, Collection<Path> roots) {
        PatternSearch search = new PatternSearch(needles);
        Set<Needle> found = new HashSet<>();
        long[] left = {MOST_BYTES};
        SimpleFileVisitor<Path> reader = new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = String.valueOf(folder.getFileName());
                boolean skipped = SKIPPED.contains(name)
                        || (BESIDE.contains(name) && roots.contains(folder.getParent()))
                        || Files.exists(folder.resolve(REPORT));
                return skipped && !roots.contains(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.isRegularFile()
                        && attributes.size() <= Math.min(LARGEST_FILE, left[0])
                        && !NEVER_LOADED.matcher(file.toString()).matches()) {
                    left[0] -= attributes.size();
                    read(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }

            private void read(Path file) {
                try {
                    byte[] bytes = Files.readAllBytes(file);
                    String text = new String(bytes, StandardCharsets.ISO_8859_1);
                    if (ABOUT_PROOFS.stream().noneMatch(text::contains)) {
                        search.search(bytes, 0, bytes.length, found::add);
                    }
                } catch (IOException e) {
                    // What cannot be read is not known to hold anything.
                }
            }
        };
        for (Path root : roots) {
            try {
                Files.walkFileTree(root, reader);
            } catch (IOException e) {
                // As for a single file.
            }
        }
        return found;
    }
}
