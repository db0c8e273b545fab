package dev.coatcheck.formation;

import dev.coatcheck.formation.Abort.AbortedException;
import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.event.Journal;
import dev.coatcheck.formation.release.Build;
import dev.coatcheck.formation.release.Configuration;
import dev.coatcheck.formation.release.Release;
import dev.coatcheck.formation.release.ReleaseChanges;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The way from an application's folder to a release. */
final class Releasing {
    /** So many of the latest releases can be gone back to. */
    private static final int BUILDS_KEPT = 5;

    private final Resources resources;
    private final Journal journal;

    Releasing(Resources resources) {
        this.resources = resources;
        this.journal = resources.journal();
    }

    /** The current release, where the folder and the options still say what it holds; else the next one. */
    Release currentOrNext(Application application, Abort abort)
            throws IOException, InterruptedException, AbortedException {
        Build build = build(application, abort);
        Configuration configuration = Configuration.of(application);
        Optional<Release> current = resources.releases().current();
        if (current.isPresent()
                && current.get().build().equals(build.id())
                && current.get().configuration().equals(configuration)) {
            return current.get();
        }
        return create(build, configuration);
    }

    /** A new release of what the folder and the options say now. */
    Release next(Application application, Abort abort) throws IOException, InterruptedException, AbortedException {
        return create(build(application, abort), Configuration.of(application));
    }

    /** Deletes the builds that no release needs which runs or can be gone back to. */
    void prune(Set<String> inUse) throws IOException {
        Set<String> kept = new HashSet<>(inUse);
        List<Release> all = resources.releases().all().reversed();
        int lived = 0;
        for (Release release : all) {
            switch (resources.releases().state(release)) {
                case CURRENT -> kept.add(release.build());
                case EARLIER -> {
                    if (++lived < BUILDS_KEPT) {
                        kept.add(release.build());
                    }
                }
                case FAILED, UNFINISHED -> {}
            }
        }
        resources.builds().keepOnly(kept);
    }

    private Build build(Application application, Abort abort)
            throws IOException, InterruptedException, AbortedException {
        if (application.build().isPresent()) {
            new OneTimeRun(
                            "build",
                            application.build().get(),
                            application.folder(),
                            application.environment(),
                            resources.settings().stopLimit())
                    .run(Kind.BUILD_STARTED, Kind.BUILD_ENDED, journal, abort);
        }
        abort.goOn();
        try {
            Build build = resources.builds().make(application.folder(), abort::isAsked, this::tellCopied);
            build.notes().forEach(note -> journal.tell(Kind.NOTE, Level.WARNING, note, Map.of("build", build.id())));
            return build;
        } catch (IOException e) {
            abort.goOn();
            throw new FormationException("a copy of " + application.folder() + " could not be made: " + e, e);
        }
    }

    private void tellCopied(int files, long bytes) {
        String message =
                String.format(Locale.ROOT, "copying the folder: %,d files and %,d MB so far", files, bytes / 1_000_000);
        journal.tell(Kind.NOTE, Level.INFO, message, Map.of("files", files, "bytes", bytes));
    }

    private Release create(Build build, Configuration configuration) throws IOException {
        Optional<Release> before = resources.releases().current();
        Release release = resources.releases().create(resources.clock().instant(), build.id(), configuration);
        List<String> changes =
                before.map(earlier -> ReleaseChanges.between(earlier, release)).orElse(List.of());
        journal.tell(
                Kind.RELEASE_CREATED,
                Level.INFO,
                "release " + release.number()
                        + (before.isEmpty()
                                ? ""
                                : changes.isEmpty() ? ": nothing changed" : ": " + String.join("; ", changes)),
                Map.of("release", release.number(), "build", build.id(), "changes", changes));
        return release;
    }
}
