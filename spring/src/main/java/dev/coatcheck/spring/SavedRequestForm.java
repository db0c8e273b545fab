package dev.coatcheck.spring;

import dev.coatcheck.servlet.JsonForm;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.security.web.savedrequest.DefaultSavedRequest;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request that is to be repeated after a log-in: its address, and the headers that say in what form it is answered.
 * Whoever reads the store is not to be that visitor, and nobody knows which other header opens something: the request that
 * comes then brings its own cookies and credentials. Of what was sent as a form nothing is kept either.
 */
record SavedRequestForm(SecurityForm<DefaultSavedRequest> whole) implements JsonForm<DefaultSavedRequest> {
    /** As Jackson names the class of an object. */
    private static final String CLASS = "@class";

    private static final Set<String> HEADERS = Set.of(CLASS, "accept", "accept-language", "content-type");

    @Override
    public String write(DefaultSavedRequest request) {
        var json = (ObjectNode) JsonMapper.shared().readTree(whole.write(request));
        json.putArray("cookies").add("java.util.ArrayList").addArray();
        retain(json, "headers", HEADERS);
        if (!request.getMethod().equals("GET")) {
            retain(json, "parameters", Set.of(CLASS));
        }
        return json.toString();
    }

    private static void retain(ObjectNode json, String of, Collection<String> names) {
        if (json.get(of) instanceof ObjectNode fields) {
            List.copyOf(fields.propertyNames()).stream()
                    .filter(name -> !names.contains(name.toLowerCase(Locale.ROOT)))
                    .forEach(fields::remove);
        }
    }

    @Override
    public DefaultSavedRequest read(String json) {
        return whole.read(json);
    }
}
