package dev.coatcheck.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class InstanceTest {
    @Test
    void the_name_is_what_the_runner_gave_else_the_host_name_else_the_process_id() {
        assertThat(Instance.name(Map.of("COATCHECK_INSTANCE", "web.2", "HOSTNAME", "pod-7")))
                .isEqualTo("web.2");
        assertThat(Instance.name(Map.of("COATCHECK_INSTANCE", " ", "HOSTNAME", "pod-7")))
                .isEqualTo("pod-7");
        assertThat(Instance.name(Map.of()))
                .isEqualTo("pid-" + ProcessHandle.current().pid());
    }
}
