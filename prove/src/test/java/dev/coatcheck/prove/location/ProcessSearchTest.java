package dev.coatcheck.prove.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.SearchPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ProcessSearchTest {
    private static final List<Needle> NEEDLES = Needles.from(Map.of("the cookie sid of step 1", "q1w2e3r455667788"));

    @BeforeAll
    static void needs() {
        assumeTrue(Files.exists(Path.of("/proc/self/maps")), "there is /proc here");
        assumeTrue(SearchPath.ofThisJvm().find("node").isPresent(), "there is Node here");
    }

    @Test
    void a_runtime_that_tells_no_path_is_told_by_its_memory() throws IOException, InterruptedException {
        String code = "const sessions = new Map([[['q1w2e3r4', 55667700 + 88].join(''), 1]]);"
                + "setInterval(() => sessions.size, 1000); console.log('ready')";
        try (Program prepared = Program.start(NodeHeapSearch::prepare, "node", "-e", code);
                Program unprepared = Program.start("node", "-e", code)) {
            assertThat(search(prepared.pids()).locations())
                    .extracting(Location::kind)
                    .containsOnly(Location.Kind.HEAP);
            assertThat(search(unprepared.pids()).locations())
                    .extracting(Location::kind)
                    .containsOnly(Location.Kind.MEMORY);
        }
    }

    private static Findings search(List<Long> pids) throws InterruptedException {
        return ProcessSearch.search("web.1", pids, NEEDLES, MemoryLimits.defaults(), HeapLimits.defaults());
    }
}
