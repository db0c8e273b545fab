package dev.coatcheck.spring;

import dev.coatcheck.servlet.SessionFilter;
import dev.coatcheck.servlet.SessionFilterSettings;
import dev.coatcheck.state.sessions.Sessions;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.jackson.SecurityJacksonModules;
import org.springframework.security.web.csrf.DefaultCsrfToken;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.FlashMapManager;

/**
 * Puts {@link SessionFilter} before every other filter, so that {@code HttpSession} is kept in the backing service that
 * {@code coatcheck.sessions.url} names, and any instance can answer a visitor's next request. What the application does
 * with sessions stays as it is; what it can keep in them is told in {@link SessionFilter}. What Spring Security keeps in
 * them is allowed where Spring Security is there.
 *
 * <p>An application that declares beans of its own of these types keeps its own: {@link Sessions} (another store, or other
 * time-outs), {@link SessionFilterSettings} (the cookie, types, listeners). {@link Sessions} can be injected, to list a
 * user's sessions and revoke them.
 *
 * <p>Costs what the filter costs. Without the URL the application does not start: it would keep sessions in its process
 * and nobody would notice.
 */
@AutoConfiguration(beforeName = "org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(SessionsProperties.class)
public final class SessionsAutoConfiguration {
    /** Before what asks for a session, and after what sets the request's encoding. */
    static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 50;

    /** Used by Spring. */
    public SessionsAutoConfiguration() {}

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean(Sessions.class)
    SessionStore coatcheckSessionStore(SessionsProperties properties) {
        return SessionStore.attach(properties.url());
    }

    @Bean
    @ConditionalOnMissingBean
    Sessions coatcheckSessions(SessionStore store, SessionsProperties properties) {
        return store.sessions().apply(properties.settings());
    }

    @Bean
    @ConditionalOnMissingBean
    SessionFilterSettings coatcheckSessionFilterSettings(SessionsProperties properties) {
        return SessionFilterSettings.defaults().withTypes(properties.types().toArray(Class<?>[]::new));
    }

    @Bean
    FilterRegistrationBean<SessionFilter> coatcheckSessionFilter(
            Sessions sessions, SessionFilterSettings settings, ObjectProvider<SessionTypes> others) {
        var all = settings;
        for (var types : others) {
            all = types.addTo(all);
        }
        var registration = new FilterRegistrationBean<>(new SessionFilter(sessions, all));
        registration.setName(SessionFilter.class.getName());
        registration.setOrder(ORDER);
        registration.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
        registration.setAsyncSupported(true);
        return registration;
    }

    /** Who is logged in lies in the session, with other things, in types of Spring Security's own. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({SecurityContextImpl.class, SecurityJacksonModules.class, DefaultCsrfToken.class})
    static final class OfSecurity {
        @Bean
        SessionTypes coatcheckSecurityTypes() {
            return new SecurityTypes();
        }
    }

    /** What a redirect hands on lies in the session too, in a type of Spring's own. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(DispatcherServlet.class)
    static final class OfRedirects {
        @Bean(DispatcherServlet.FLASH_MAP_MANAGER_BEAN_NAME)
        @ConditionalOnMissingBean(name = DispatcherServlet.FLASH_MAP_MANAGER_BEAN_NAME)
        FlashMapManager flashMapManager() {
            return new StoredFlashMaps();
        }
    }
}
