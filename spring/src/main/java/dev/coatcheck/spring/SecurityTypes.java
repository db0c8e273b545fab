package dev.coatcheck.spring;

import dev.coatcheck.servlet.JsonForm;
import dev.coatcheck.servlet.SessionFilterSettings;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.springframework.security.authentication.AccountExpiredException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.CredentialsExpiredException;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.jackson.SecurityJacksonModules;
import org.springframework.security.web.authentication.session.SessionAuthenticationException;
import org.springframework.security.web.csrf.DefaultCsrfToken;
import org.springframework.security.web.savedrequest.DefaultSavedRequest;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

/**
 * What Spring Security keeps in sessions: who is logged in, the token against forged requests, the request that a log-in
 * interrupted, and why the last log-in failed. All but the last is written by Spring Security's own modules for Jackson,
 * which read no class but theirs and those that the application allows.
 */
final class SecurityTypes implements SessionTypes {
    @Override
    public SessionFilterSettings addTo(SessionFilterSettings settings) {
        var mapper = mapper(settings);
        var all = settings;
        all = add(
                all,
                "context",
                SecurityContextImpl.class,
                new ContextForm(new SecurityForm<>(SecurityContextImpl.class, mapper)));
        all = add(all, "csrf-token", DefaultCsrfToken.class, new SecurityForm<>(DefaultCsrfToken.class, mapper));
        all = add(
                all,
                "saved-request",
                DefaultSavedRequest.class,
                new SavedRequestForm(new SecurityForm<>(DefaultSavedRequest.class, mapper)));
        all = failure(all, "bad-credentials", BadCredentialsException.class, BadCredentialsException::new);
        all = failure(all, "disabled", DisabledException.class, DisabledException::new);
        all = failure(all, "locked", LockedException.class, LockedException::new);
        all = failure(all, "account-expired", AccountExpiredException.class, AccountExpiredException::new);
        all = failure(all, "credentials-expired", CredentialsExpiredException.class, CredentialsExpiredException::new);
        all = failure(
                all,
                "internal",
                InternalAuthenticationServiceException.class,
                InternalAuthenticationServiceException::new);
        return failure(all, "session", SessionAuthenticationException.class, SessionAuthenticationException::new);
    }

    private static <T extends AuthenticationException> SessionFilterSettings failure(
            SessionFilterSettings settings, String name, Class<T> type, Function<String, T> ofMessage) {
        return add(settings, name, type, new FailureForm<>(ofMessage));
    }

    /** Unless the application has the type in a way of its own. */
    private static <T> SessionFilterSettings add(
            SessionFilterSettings settings, String name, Class<T> type, JsonForm<T> form) {
        return settings.types().containsValue(type)
                ? settings
                : settings.withType("spring-security." + name, type, form);
    }

    /** What is allowed in sessions is so in what Spring Security keeps there: a user of the application's own type. */
    private static JsonMapper mapper(SessionFilterSettings settings) {
        var allowed = BasicPolymorphicTypeValidator.builder();
        // As a pattern, since a plain name also allows every class whose name begins with it.
        settings.types()
                .values()
                .forEach(type -> allowed.allowIfSubType(Pattern.compile(Pattern.quote(type.getName()))));
        var modules = SecurityJacksonModules.getModules(SecurityTypes.class.getClassLoader(), allowed);
        var mapper = JsonMapper.builder()
                .addModules(modules)
                // A time with a zone or an offset comes back with that, and not in UTC.
                .disable(
                        DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
                        DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID)
                .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID);
        settings.types().values().stream()
                .filter(SecurityTypes::isReadAsPlainUser)
                .forEach(type -> mapper.addMixIn(type, ReadAsItself.class));
        return mapper.build();
    }

    /** Which is what becomes of a subclass that does not say itself how it is read. */
    private static boolean isReadAsPlainUser(Class<?> type) {
        return type != User.class
                && User.class.isAssignableFrom(type)
                && !type.isAnnotationPresent(JsonDeserialize.class);
    }

    @JsonDeserialize(using = ValueDeserializer.None.class)
    private interface ReadAsItself {}
}
