package dev.coatcheck.prove.location;

import dev.coatcheck.prove.location.NumberSearch.Subject;
import dev.coatcheck.prove.location.heap.Course;
import dev.coatcheck.prove.location.heap.JavaNumbers;
import dev.coatcheck.prove.location.heap.NodeNumbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The heap of a living process, as far as it can be had with the numbers that are in it. For one thread. */
sealed interface Heap {
    /** The heap of a process that can be asked; empty where it is of no runtime that has such a one. */
    static Optional<Heap> of(Subject process) {
        if (JavaHeapSearch.isJvm(process.pid())) {
            return Optional.of(new OfJava(process));
        }
        return NodeHeapSearch.canBeAsked(process.pid()) ? Optional.of(new OfNode(process)) : Optional.empty();
    }

    /** For people: what kind of process it is of. */
    String runtime();

    /**
     * Dumps it into a file that is the caller's to delete.
     *
     * @throws IOException if it cannot be had; the message says why
     */
    Path dump(HeapLimits limits) throws IOException, InterruptedException;

    /** The places whose value ran one of the courses, in three dumps of this kind. */
    List<String> paths(Path before, Path after, Path elsewhere, Collection<Course> courses, Collection<Needle> secrets)
            throws IOException;

    /** The heap of a HotSpot JVM. */
    record OfJava(Subject process) implements Heap {
        @Override
        public String runtime() {
            return "JVM " + process.pid();
        }

        @Override
        public Path dump(HeapLimits limits) throws IOException, InterruptedException {
            return JavaDump.of(process.pid(), limits).kept().file();
        }

        @Override
        public List<String> paths(
                Path before, Path after, Path elsewhere, Collection<Course> courses, Collection<Needle> secrets)
                throws IOException {
            return JavaNumbers.paths(before, after, elsewhere, courses, secrets);
        }
    }

    /** The heap of Node, whose inspector stays open after the first dump. */
    final class OfNode implements Heap {
        private final Subject process;
        private Optional<NodeInspector> inspector = Optional.empty();

        private OfNode(Subject process) {
            this.process = process;
        }

        @Override
        public String runtime() {
            return "Node " + process.pid();
        }

        @Override
        public Path dump(HeapLimits limits) throws IOException, InterruptedException {
            NodeHeapSearch.refuseTooLarge(new Inhabited(process.pid()), limits);
            if (inspector.isEmpty()) {
                inspector = Optional.of(NodeInspector.open(process, limits));
            }
            Path file = Files.createTempFile("coatcheck-heap-", ".heapsnapshot");
            try {
                inspector.get().snapshot(file, limits.time());
                return file;
            } catch (IOException | InterruptedException | RuntimeException e) {
                Files.deleteIfExists(file);
                throw e;
            }
        }

        @Override
        public List<String> paths(
                Path before, Path after, Path elsewhere, Collection<Course> courses, Collection<Needle> secrets)
                throws IOException {
            return NodeNumbers.paths(before, after, elsewhere, courses, secrets);
        }
    }
}
