package dev.coatcheck.prove.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IsolationTest {
    @Test
    void the_probe_says_of_everything_that_is_missing_what_is_weaker_and_what_to_do() {
        Isolation isolation = Isolation.probe();
        assertThat(isolation.facts()).isNotEmpty().allSatisfy(fact -> {
            assertThat(fact.detail()).isNotBlank();
            assertThat(fact.without()).isNotBlank();
            assertThat(fact.remedy().isEmpty()).isEqualTo(fact.available());
        });
        // Where everything was found, nothing is weaker, and the other way round.
        assertThat(isolation.weaknesses().isEmpty()).isEqualTo(isolation.mechanism() != Mechanism.COPY);
    }
}
