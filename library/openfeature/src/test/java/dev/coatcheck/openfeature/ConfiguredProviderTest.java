package dev.coatcheck.openfeature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openfeature.sdk.NoOpProvider;
import dev.openfeature.sdk.OpenFeatureAPI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfiguredProviderTest {
    private static final NoOpProvider OURS = new NoOpProvider();

    @Test
    void without_a_name_it_is_ours() {
        assertThat(ConfiguredProvider.of(Map.of(), () -> OURS)).isSameAs(OURS);
        assertThat(ConfiguredProvider.of(Map.of("FLAGS_PROVIDER", " "), () -> OURS))
                .isSameAs(OURS);
    }

    @Test
    void flagd_serves_the_flags_of_a_file_where_it_is_named() {
        var api = OpenFeatureAPI.createIsolated();
        try {
            var named = Map.of("FLAGS_PROVIDER", "dev.openfeature.contrib.providers.flagd.FlagdProvider");
            api.setProviderAndWait(ConfiguredProvider.of(named, () -> OURS));

            assertThat(api.getProviderMetadata().getName()).isEqualTo("flagd");
            assertThat(api.getClient().getBooleanValue("sepia", false)).isTrue();
        } finally {
            api.shutdown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java.lang.String", "no.such.Class", "dev.openfeature.sdk.EventProvider", "../x", "[I"})
    void what_is_no_provider_is_refused_with_its_name(String name) {
        assertThatThrownBy(() -> ConfiguredProvider.of(Map.of("FLAGS_PROVIDER", name), () -> OURS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FLAGS_PROVIDER names " + name);
    }
}
