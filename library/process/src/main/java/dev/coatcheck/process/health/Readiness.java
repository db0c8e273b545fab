package dev.coatcheck.process.health;

import dev.coatcheck.process.lifecycle.Lifecycle;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whether the process should be given work.
 *
 * @param ready     whether it should
 * @param state     where the process stands in its life
 * @param instance  its name
 * @param resources how each attached resource was when it was last asked; none while the process drains
 */
public record Readiness(boolean ready, Lifecycle.State state, String instance, List<Resource> resources) {
    public Readiness {
        resources = List.copyOf(resources);
    }

    /** An attached resource, by the name that its check was registered with. */
    public record Resource(String name, ResourceStatus status) {}

    /**
     * In one line:
     *
     * <pre>{@code
     * {"ready":true,"state":"ready","instance":"web.1","resources":[{"name":"redis","up":true,"millis":1},
     *  {"name":"postgres","up":false,"reason":"no answer within 2000 ms"}]}
     * }</pre>
     */
    public String json() {
        var json = JsonMapper.shared()
                .createObjectNode()
                .put("ready", ready)
                .put("state", word(state))
                .put("instance", instance);
        var array = json.putArray("resources");
        for (var resource : resources) {
            var node = array.addObject().put("name", resource.name());
            switch (resource.status()) {
                case ResourceStatus.Up up ->
                    node.put("up", true).put("millis", up.took().toMillis());
                case ResourceStatus.Down down -> node.put("up", false).put("reason", down.reason());
            }
        }
        return json.toString();
    }

    static String word(Lifecycle.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
