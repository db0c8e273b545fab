package dev.coatcheck.spring;

import dev.coatcheck.servlet.JsonForm;
import java.util.List;
import java.util.Locale;
import org.springframework.security.web.savedrequest.DefaultSavedRequest;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request that is to be repeated after a log-in, without its cookies and credentials: whoever reads the store is not to
 * be that visitor, and the request that comes then brings its own.
 */
record SavedRequestForm(SecurityForm<DefaultSavedRequest> whole) implements JsonForm<DefaultSavedRequest> {
    private static final List<String> SECRETS = List.of("cookie", "authorization", "proxy-authorization");

    @Override
    public String write(DefaultSavedRequest request) {
        var json = (ObjectNode) JsonMapper.shared().readTree(whole.write(request));
        json.putArray("cookies").add("java.util.ArrayList").addArray();
        if (json.get("headers") instanceof ObjectNode headers) {
            List.copyOf(headers.propertyNames()).stream()
                    .filter(name -> SECRETS.contains(name.toLowerCase(Locale.ROOT)))
                    .forEach(headers::remove);
        }
        return json.toString();
    }

    @Override
    public DefaultSavedRequest read(String json) {
        return whole.read(json);
    }
}
