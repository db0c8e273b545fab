package dev.coatcheck.formation.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The Compose Specification's own JSON Schema, which knows all keys and refuses others. */
final class ComposeSchema {
    private static final JsonMapper JSON = JsonMapper.shared();

    private ComposeSchema() {}

    static Map<?, ?> parse(String text) throws IOException {
        Map<?, ?> file = StrictYaml.parse(text);
        assertThat(schema().validate(JSON.<JsonNode>valueToTree(file))).as(text).isEmpty();
        return file;
    }

    private static Schema schema() throws IOException {
        try (InputStream stream = ComposeSchema.class.getResourceAsStream("compose-spec.json")) {
            ObjectNode schema = (ObjectNode) JSON.readTree(Objects.requireNonNull(stream));
            // Its dialect is an address that no validator knows without the network, its own one is none at all.
            schema.remove(List.of("$schema", "$id"));
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                    .getSchema(schema);
        }
    }
}
