package dev.coatcheck.spring;

import dev.coatcheck.servlet.JsonForm;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextImpl;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who is logged in: without a password, whose hash is of use at a log-in alone, and nobody whom the next request would find
 * to be of another type. (Spring Security's modules read a subclass of their own types as the type itself.)
 */
record ContextForm(SecurityForm<SecurityContextImpl> whole) implements JsonForm<SecurityContextImpl> {
    @Override
    public String write(SecurityContextImpl context) {
        var json = JsonMapper.shared().readTree(whole.write(context));
        if (json.at("/authentication/principal") instanceof ObjectNode user) {
            user.remove("password");
        }
        var written = json.toString();
        var before = context.getAuthentication();
        if (before != null) {
            requireSameTypes(before, readBack(written, before));
        }
        return written;
    }

    @Override
    public SecurityContextImpl read(String json) {
        return whole.read(json);
    }

    private @Nullable Authentication readBack(String json, Authentication before) {
        try {
            return read(json).getAuthentication();
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "%s with a principal of %s could not be read back: %s"
                            .formatted(typeOf(before), typeOf(before.getPrincipal()), e.getOriginalMessage()),
                    e);
        }
    }

    private static void requireSameTypes(Authentication before, @Nullable Authentication after) {
        requireSameType("authentication", before, after);
        if (after != null) {
            requireSameType("principal", before.getPrincipal(), after.getPrincipal());
            requireSameType("details", before.getDetails(), after.getDetails());
        }
    }

    private static void requireSameType(String what, @Nullable Object before, @Nullable Object after) {
        if (!typeOf(before).equals(typeOf(after))) {
            throw new IllegalArgumentException(
                    ("its %s is a %s, and would be read back as %s; a type of the application's"
                                    + " own is named in coatcheck.sessions.types, and says to Jackson how it is read")
                            .formatted(what, typeOf(before), typeOf(after)));
        }
    }

    private static String typeOf(@Nullable Object value) {
        return value == null ? "nothing" : value.getClass().getName();
    }
}
