package dev.coatcheck.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.servlet.FlashMap;
import org.springframework.web.servlet.support.AbstractFlashMapManager;

/**
 * Keeps what a redirect hands on to the next request ({@code RedirectAttributes.addFlashAttribute}) in the session, as
 * lists and maps, since of an object that is kept elsewhere only what it holds comes back. Two requests of one session at
 * the same time may lose one another's, as they do where the session is in memory.
 */
final class StoredFlashMaps extends AbstractFlashMapManager {
    private static final String ATTRIBUTE = "dev.coatcheck.spring.flash";

    @Override
    protected @Nullable List<FlashMap> retrieveFlashMaps(HttpServletRequest request) {
        var session = request.getSession(false);
        if (session == null || !(session.getAttribute(ATTRIBUTE) instanceof List<?> kept)) {
            return null;
        }
        List<FlashMap> flashMaps = new ArrayList<>();
        for (Object each : kept) {
            if (each instanceof Map<?, ?> map) {
                flashMaps.add(flashMap(map));
            }
        }
        return flashMaps;
    }

    @Override
    protected void updateFlashMaps(List<FlashMap> flashMaps, HttpServletRequest request, HttpServletResponse response) {
        var session = request.getSession(!flashMaps.isEmpty());
        if (session == null) {
            return;
        }
        if (flashMaps.isEmpty()) {
            session.removeAttribute(ATTRIBUTE);
        } else {
            session.setAttribute(
                    ATTRIBUTE, flashMaps.stream().map(StoredFlashMaps::kept).toList());
        }
    }

    private static Map<String, Object> kept(FlashMap flashMap) {
        Map<String, Object> kept = new LinkedHashMap<>();
        kept.put("attributes", new LinkedHashMap<>(flashMap));
        kept.put("parameters", new LinkedHashMap<>(flashMap.getTargetRequestParams()));
        kept.put("expires", flashMap.getExpirationTime());
        if (flashMap.getTargetRequestPath() != null) {
            kept.put("path", flashMap.getTargetRequestPath());
        }
        return kept;
    }

    private static FlashMap flashMap(Map<?, ?> kept) {
        var flashMap = new FlashMap();
        if (kept.get("attributes") instanceof Map<?, ?> attributes) {
            attributes.forEach((name, value) -> flashMap.put(String.valueOf(name), value));
        }
        if (kept.get("parameters") instanceof Map<?, ?> parameters) {
            var target = new LinkedMultiValueMap<String, String>();
            parameters.forEach((name, values) -> {
                if (values instanceof List<?> list) {
                    list.forEach(value -> target.add(String.valueOf(name), String.valueOf(value)));
                }
            });
            flashMap.addTargetRequestParams(target);
        }
        if (kept.get("path") instanceof String path) {
            flashMap.setTargetRequestPath(path);
        }
        if (kept.get("expires") instanceof Number expires) {
            flashMap.setExpirationTime(expires.longValue());
        }
        return flashMap;
    }
}
