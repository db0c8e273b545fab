package dev.coatcheck.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.state.sessions.Sessions;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SessionsAutoConfigurationTest {
    enum Store {
        REDIS,
        POSTGRESQL,
        MEMCACHED;

        String url() {
            return switch (this) {
                case REDIS -> SharedServers.freshRedisUrl();
                case POSTGRESQL -> SharedServers.freshPostgresUrl();
                case MEMCACHED -> SharedServers.memcached().url();
            };
        }
    }

    private final Instances instances = new Instances(Shop.class);

    @AfterEach
    void stop() {
        instances.close();
    }

    @ParameterizedTest
    @EnumSource
    void every_instance_knows_who_logged_in_on_another(Store store) throws Exception {
        String url = store.url();
        var first = instances.start("--coatcheck.sessions.url=" + url);
        var second = instances.start("--coatcheck.sessions.url=" + url);

        instances.post(first, "/login?name=ann");

        assertThat(instances.get(second, "/me")).isEqualTo("ann");
        instances.post(second, "/logout");
        assertThat(instances.get(first, "/me")).isEqualTo("null");
    }

    @Test
    void without_it_the_session_stays_in_its_process() throws Exception {
        String off = "--spring.autoconfigure.exclude=" + SessionsAutoConfiguration.class.getName();
        var first = instances.start(off);
        var second = instances.start(off);

        instances.post(first, "/login?name=ann");

        assertThat(instances.get(second, "/me")).isEqualTo("null");
    }

    @Test
    void a_redirect_is_followed_on_another_instance_with_its_message_and_a_type_of_the_application() throws Exception {
        String url = SharedServers.freshRedisUrl();
        String types = "--coatcheck.sessions.types=" + Shop.Cart.class.getName();
        var first = instances.start("--coatcheck.sessions.url=" + url, types);
        var second = instances.start("--coatcheck.sessions.url=" + url, types);

        assertThat(instances.post(first, "/cart?goods=rake").statusCode()).isEqualTo(302);

        assertThat(instances.get(second, "/cart")).isEqualTo("Cart[goods=[rake]], rake is in the cart");
        assertThat(instances.get(first, "/cart")).isEqualTo("Cart[goods=[rake]], null");
    }

    @Test
    void the_application_can_ask_for_the_sessions_of_a_user() {
        var instance = instances.start("--coatcheck.sessions.url=" + SharedServers.freshRedisUrl());

        assertThat(instance.getBeansOfType(Sessions.class)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--a=b | coatcheck.sessions.url is not set",
                "--coatcheck.sessions.url=${NO_SUCH_URL} | holds ${NO_SUCH_URL}, and there is neither a variable nor",
                "--coatcheck.sessions.url=mysql://a:hunter2@b/c | begins with none of redis",
                "--coatcheck.sessions.url=redis://a:hunter2@ | cannot be read: not the URL of a Redis",
            })
    void an_application_that_does_not_say_where_does_not_start(String argument, String message) {
        assertThatThrownBy(() -> instances.start(argument))
                .hasStackTraceContaining(message)
                .extracting(Throwables::getStackTrace, STRING)
                .doesNotContain("hunter2");
    }

    @Test
    void an_adapter_that_is_not_there_is_named() throws Exception {
        URL[] others = Stream.of(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                        .split(File.pathSeparator))
                .filter(each -> !each.contains("postgres"))
                .map(each -> Path.of(each).toUri())
                .map(SessionsAutoConfigurationTest::url)
                .toArray(URL[]::new);
        try (var without = new URLClassLoader(others, ClassLoader.getPlatformClassLoader())) {
            var attach = Class.forName(SessionStore.class.getName(), true, without)
                    .getDeclaredMethod("attach", String.class);
            attach.setAccessible(true);

            assertThatThrownBy(() -> attach.invoke(null, "postgresql://a@b/c"))
                    .hasStackTraceContaining("needs the artifact dev.coatcheck:coatcheck-postgres");
        }
    }

    private static URL url(URI uri) {
        try {
            return uri.toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
