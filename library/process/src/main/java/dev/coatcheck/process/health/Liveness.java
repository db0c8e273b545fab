package dev.coatcheck.process.health;

import dev.coatcheck.process.lifecycle.Lifecycle;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whether the process should be left alive. It asks no resource: a store that is down is no reason to restart anything.
 *
 * @param live     false only when all is closed
 * @param state    where the process stands in its life
 * @param instance its name
 */
public record Liveness(boolean live, Lifecycle.State state, String instance) {

    /** {@code {"live":true,"state":"ready","instance":"web.1"}}. */
    public String json() {
        return JsonMapper.shared()
                .createObjectNode()
                .put("live", live)
                .put("state", Readiness.word(state))
                .put("instance", instance)
                .toString();
    }
}
