package dev.coatcheck.spring;

import dev.coatcheck.servlet.SessionFilterSettings;
import java.util.regex.Pattern;
import org.springframework.security.authentication.AccountExpiredException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.CredentialsExpiredException;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.jackson.SecurityJacksonModules;
import org.springframework.security.web.authentication.session.SessionAuthenticationException;
import org.springframework.security.web.csrf.DefaultCsrfToken;
import org.springframework.security.web.savedrequest.DefaultSavedRequest;
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
        return settings.withType(
                        name("context"),
                        SecurityContextImpl.class,
                        new SecurityForm<>(SecurityContextImpl.class, mapper))
                .withType(
                        name("csrf-token"), DefaultCsrfToken.class, new SecurityForm<>(DefaultCsrfToken.class, mapper))
                .withType(
                        name("saved-request"),
                        DefaultSavedRequest.class,
                        new SavedRequestForm(new SecurityForm<>(DefaultSavedRequest.class, mapper)))
                .withType(
                        name("bad-credentials"),
                        BadCredentialsException.class,
                        new FailureForm<>(BadCredentialsException::new))
                .withType(name("disabled"), DisabledException.class, new FailureForm<>(DisabledException::new))
                .withType(name("locked"), LockedException.class, new FailureForm<>(LockedException::new))
                .withType(
                        name("account-expired"),
                        AccountExpiredException.class,
                        new FailureForm<>(AccountExpiredException::new))
                .withType(
                        name("credentials-expired"),
                        CredentialsExpiredException.class,
                        new FailureForm<>(CredentialsExpiredException::new))
                .withType(
                        name("internal"),
                        InternalAuthenticationServiceException.class,
                        new FailureForm<>(InternalAuthenticationServiceException::new))
                .withType(
                        name("session"),
                        SessionAuthenticationException.class,
                        new FailureForm<>(SessionAuthenticationException::new));
    }

    private static String name(String type) {
        return "spring-security." + type;
    }

    /** What is allowed in sessions is so in what Spring Security keeps there: a user of the application's own type. */
    private static JsonMapper mapper(SessionFilterSettings settings) {
        var allowed = BasicPolymorphicTypeValidator.builder();
        // As a pattern, since a plain name also allows every class whose name begins with it.
        settings.types()
                .values()
                .forEach(type -> allowed.allowIfSubType(Pattern.compile(Pattern.quote(type.getName()))));
        var modules = SecurityJacksonModules.getModules(SecurityTypes.class.getClassLoader(), allowed);
        return JsonMapper.builder().addModules(modules).build();
    }
}
