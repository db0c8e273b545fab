package dev.coatcheck.formation.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Reads YAML as those who read 1.2 do and as those who read 1.1 do, and holds that they agree. */
final class StrictYaml {
    private StrictYaml() {}

    static Map<?, ?> parse(String text) {
        Object asOf12 =
                new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build()).loadFromString(text);
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        Object asOf11 = new Yaml(new SafeConstructor(options)).load(text);
        assertThat(asOf11).as("YAML 1.1 and 1.2 agree on\n%s", text).isEqualTo(asOf12);
        return (Map<?, ?>) asOf12;
    }
}
