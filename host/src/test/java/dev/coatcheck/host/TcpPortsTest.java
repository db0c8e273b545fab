package dev.coatcheck.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.host.process.Java;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TcpPortsTest {
    @Test
    void two_programs_at_once_are_given_none_that_the_other_one_was() throws Exception {
        Process one = owner(1_000);
        Process other = owner(1_000);
        try {
            List<Integer> ports = new ArrayList<>(printed(one, 1_000));
            ports.addAll(printed(other, 1_000));

            assertThat(ports).doesNotHaveDuplicates().allMatch(port -> port >= 20_000 && port < 32_000);
        } finally {
            one.destroyForcibly().waitFor();
            other.destroyForcibly().waitFor();
        }
    }

    @Test
    void one_program_leaves_enough_for_others_however_many_it_is_given() {
        int first = someRange();
        try (PortBlocks much = new PortBlocks(first, first + 6_000);
                PortBlocks other = new PortBlocks(first, first + 6_000)) {
            List<Integer> drawn = draw(much, 10_000);

            assertThat(drawn.subList(8_200, 10_000)).doesNotHaveDuplicates();
            assertThat(draw(other, 1_800))
                    .doesNotHaveDuplicates()
                    .doesNotContainAnyElementsOf(drawn.subList(8_200, 10_000));
        }
    }

    @Test
    void where_all_is_another_program_s_some_port_is_given_all_the_same() {
        int first = someRange();
        try (PortBlocks late = new PortBlocks(first, first + 200)) {
            try (PortBlocks other = new PortBlocks(first, first + 200)) {
                assertThat(draw(other, 2 * 99)).doesNotHaveDuplicates().doesNotContain(first, first + 100);
                assertThat(draw(other, 2 * 99)).doesNotHaveDuplicates().doesNotContain(first, first + 100);
                assertThat(draw(late, 1)).allMatch(port -> port >= first && port < first + 200);
            }
            assertThat(draw(late, 2 * 99)).doesNotHaveDuplicates().doesNotContain(first, first + 100);
        }
    }

    /** Where tests that run at the same time hardly look. */
    private static int someRange() {
        return ThreadLocalRandom.current().nextInt(2_000, 12_000);
    }

    private static List<Integer> draw(PortBlocks blocks, int number) {
        return IntStream.range(0, number).map(i -> blocks.draw()).boxed().toList();
    }

    @Test
    void one_on_which_somebody_listens_is_not_free() throws IOException {
        try (ServerSocket somebody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(TcpPorts.isFree(somebody.getLocalPort())).isFalse();
        }
    }

    private static Process owner(int ports) throws IOException {
        return new ProcessBuilder(Java.command(PortOwner.class, Integer.toString(ports)))
                .redirectError(Redirect.INHERIT)
                .start();
    }

    private static List<Integer> printed(Process owner, int number) throws IOException {
        List<Integer> ports = new ArrayList<>();
        while (ports.size() < number) {
            ports.add(Integer.valueOf(owner.inputReader().readLine()));
        }
        return ports;
    }
}
