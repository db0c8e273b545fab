package dev.coatcheck.prove.location;

import java.util.Collection;
import java.util.List;

/**
 * Where in some living processes needles are: a path of fields or variables where the runtime tells one (a JVM, a Node
 * that was {@linkplain NodeHeapSearch#prepare prepared}), else which process's memory.
 *
 * <pre>{@code
 * Findings findings = ProcessSearch.search(
 *         "web.1", Processes.tree(pid), needles, MemoryLimits.defaults(), HeapLimits.defaults());
 * }</pre>
 */
public final class ProcessSearch {
    private ProcessSearch() {}

    /** The paths first. Memory is looked through before a heap is written out, which needs memory itself. */
    public static Findings search(
            String instance,
            Collection<Long> pids,
            Collection<Needle> needles,
            MemoryLimits memoryLimits,
            HeapLimits heapLimits)
            throws InterruptedException {
        Findings heaps = Findings.NOTHING;
        Findings memories = Findings.NOTHING;
        for (long pid : pids) {
            // A runtime may keep a text in pieces, or an id as two numbers: its heap tells more than its memory.
            Findings memory = MemorySearch.search(instance, List.of(pid), needles, memoryLimits);
            Findings heap = heap(instance, pid, needles, heapLimits);
            heaps = heaps.and(heap);
            memories = memories.and(heap.locations().isEmpty() ? memory : Findings.NOTHING);
        }
        return heaps.and(memories);
    }

    private static Findings heap(String instance, long pid, Collection<Needle> needles, HeapLimits limits)
            throws InterruptedException {
        if (JavaHeapSearch.isJvm(pid)) {
            return JavaHeapSearch.search(instance, pid, needles, limits);
        }
        return NodeHeapSearch.canBeAsked(pid)
                ? NodeHeapSearch.search(instance, pid, needles, limits)
                : Findings.NOTHING;
    }
}
