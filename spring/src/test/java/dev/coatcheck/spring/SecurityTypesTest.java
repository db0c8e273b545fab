package dev.coatcheck.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.coatcheck.servlet.JsonForm;
import dev.coatcheck.servlet.SessionFilterSettings;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.DisabledException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.savedrequest.DefaultSavedRequest;

/** What is written of Spring Security's own, and in which type it comes back. */
class SecurityTypesTest {
    private static final List<SimpleGrantedAuthority> TENANTS = List.of(new SimpleGrantedAuthority("ROLE_TENANT"));

    @SuppressWarnings("unchecked")
    private static <T> JsonForm<T> form(String name, Class<?>... named) {
        var settings = SessionFilterSettings.defaults().withTypes(named);
        return (JsonForm<T>) Objects.requireNonNull(
                new SecurityTypes().addTo(settings).forms().get("spring-security." + name));
    }

    private static SecurityContextImpl contextOf(Object principal) {
        return new SecurityContextImpl(UsernamePasswordAuthenticationToken.authenticated(principal, null, TENANTS));
    }

    private static Object principalOf(SecurityContextImpl context) {
        return Objects.requireNonNull(
                Objects.requireNonNull(context.getAuthentication()).getPrincipal());
    }

    @Test
    void a_type_that_nobody_named_is_refused_by_its_name_and_by_what_to_do() {
        JsonForm<SecurityContextImpl> form = form("context");

        for (var user : List.of(new Club.Member("eve", "", 2026), new Club.Tenant("zoe", "", TENANTS, 5))) {
            assertThatThrownBy(() -> form.write(contextOf(user)))
                    .hasMessageContaining(user.getClass().getName())
                    .hasMessageContaining("coatcheck.sessions.types");
        }
    }

    @Test
    void a_subclass_of_the_usual_user_comes_back_as_itself_where_it_is_named() {
        JsonForm<SecurityContextImpl> form = form("context", Club.Tenant.class);

        var read = form.read(form.write(contextOf(new Club.Tenant("zoe", "", TENANTS, 5))));

        assertThat(principalOf(read))
                .asInstanceOf(type(Club.Tenant.class))
                .returns("zoe", User::getUsername)
                .returns(5, Club.Tenant::house)
                .satisfies(zoe -> assertThat(zoe.getAuthorities()).hasSameElementsAs(TENANTS));
    }

    @Test
    void a_user_that_would_come_back_in_another_type_is_refused_by_its_name() {
        JsonForm<SecurityContextImpl> form = form("context");

        for (Object user : List.of(5, 5L)) {
            assertThatThrownBy(() -> form.write(contextOf(user)))
                    .hasMessageContaining(user.getClass().getName());
        }
    }

    @Test
    void no_password_is_written_whatever_the_users_type() {
        JsonForm<SecurityContextImpl> form = form("context", Club.Tenant.class, Club.Member.class);

        for (var user : List.of(
                new Club.Member("zoe", "a hash", 2026),
                new Club.Tenant("zoe", "a hash", TENANTS, 5),
                new User("zoe", "a hash", TENANTS))) {
            var written = form.write(contextOf(user));
            assertThat(written).contains("zoe").doesNotContain("a hash");
            assertThat(principalOf(form.read(written))).hasSameClassAs(user);
        }
    }

    private static DefaultSavedRequest.Builder interrupted(String method) {
        return new DefaultSavedRequest.Builder()
                .setScheme("http")
                .setServerName("localhost")
                .setServerPort(80)
                .setRequestURI("/orders")
                .setRequestURL("http://localhost/orders")
                .setQueryString("page=2")
                .setMethod(method);
    }

    @Test
    void a_request_that_a_log_in_interrupted_is_kept_without_what_may_be_secret() {
        JsonForm<DefaultSavedRequest> form = form("saved-request");
        var request = interrupted("POST")
                .setHeaders(Map.of(
                        "Authorization", List.of("Bearer secret"),
                        "X-Api-Key", List.of("secret"),
                        "Accept", List.of("text/html")))
                .setParameters(Map.of("page", new String[] {"2"}, "password", new String[] {"secret"}))
                .build();

        var written = form.write(request);

        assertThat(written).doesNotContain("secret");
        assertThat(form.read(written))
                .returns("POST", DefaultSavedRequest::getMethod)
                .returns("page=2", DefaultSavedRequest::getQueryString)
                .returns(List.of("text/html"), saved -> saved.getHeaderValues("Accept"))
                .satisfies(saved -> assertThat(saved.getParameterMap()).isEmpty());
    }

    @Test
    void the_parameters_of_a_get_are_kept_as_its_query_is() {
        JsonForm<DefaultSavedRequest> form = form("saved-request");
        var request = interrupted("GET")
                .setParameters(Map.of("page", new String[] {"2"}))
                .build();

        assertThat(form.read(form.write(request)).getParameterValues("page")).containsExactly("2");
    }

    @Test
    void a_type_that_the_application_has_is_left_to_it() {
        var settings = SessionFilterSettings.defaults().withTypes(DisabledException.class);

        assertThat(new SecurityTypes().addTo(settings).types())
                .containsEntry(DisabledException.class.getName(), DisabledException.class)
                .doesNotContainKey("spring-security.disabled");
    }
}
