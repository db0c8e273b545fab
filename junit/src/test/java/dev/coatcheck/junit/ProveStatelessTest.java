package dev.coatcheck.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.File;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

class ProveStatelessTest {
    @BeforeAll
    static void make_a_jar_of_the_shop() throws IOException {
        deleteReports();
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Shop.class.getName());
        String name = Shop.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream jar =
                new JarOutputStream(Files.newOutputStream(Path.of("target", "shop.jar")), manifest)) {
            jar.putNextEntry(new JarEntry(name));
            Files.copy(Path.of("target", "test-classes").resolve(name), jar);
        }
    }

    /** Of an earlier run. */
    private static void deleteReports() throws IOException {
        Path reports = Path.of("target", "proofs");
        if (Files.exists(reports)) {
            try (Stream<Path> files = Files.walk(reports)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void a_test_of_an_application_that_keeps_nothing_in_its_processes_passes() {
        TestExecutionSummary summary = run("in_a_cookie", "java.net.URI");
        assertThat(summary.getFailures()).isEmpty();
        assertThat(summary.getTestsSucceededCount()).isEqualTo(1);
    }

    @Test
    void a_test_of_one_that_keeps_a_cart_in_memory_fails_with_the_words_of_the_report() {
        assertThat(failure("in_memory", "java.lang.String"))
                .contains("STATEFUL", "POST /cart", "GET /cart", "dev.coatcheck.junit.Shop.CARTS")
                .contains("coatcheck prove --web '", "--instances 2", "--scenario 'target/proofs/");
        assertThat(Path.of("target/proofs/dev.coatcheck.junit.Samples.in_memory"))
                .isDirectoryContaining("glob:**/in_memory.har")
                .isDirectoryContaining("glob:**/report.html");
    }

    @Test
    void a_jar_is_run_by_the_java_of_the_tests() {
        assertThat(failure("the_cart_keeps_what_was_put_into_it", "java.net.URI"))
                .contains("POST /cart (step 1) left something in the memory of");
    }

    @Test
    void what_proves_nothing_fails() {
        assertThat(failure("of_one_request", "java.lang.String")).contains("INCONCLUSIVE", "has one step");
        assertThat(failure("of_no_request", "")).contains("the test sent no request to http://localhost:");
    }

    @Test
    void a_test_that_fails_by_itself_is_not_proved() {
        assertThat(failure("that_fails", "java.lang.String")).contains("the test's own");
        assertThat(Path.of("target/proofs/dev.coatcheck.junit.Samples.that_fails"))
                .doesNotExist();
    }

    @Test
    void methods_behind_a_test_still_reach_the_application_and_are_no_part_of_the_proof() {
        TestExecutionSummary summary = run(Samples.Nested.class, "that_cleans_up", "java.net.URI");
        assertThat(summary.getFailures()).isEmpty();
        assertThat(summary.getTestsSucceededCount()).isEqualTo(1);
        assertThat(Samples.Nested.cleanedUp).isEqualTo("shop");
    }

    @Test
    void what_cannot_be_started_or_is_not_known_is_said() {
        assertThat(failure("of_what_does_not_start", "")).contains("the application was not started: ");
        assertThat(failure("of_no_such_check", "")).contains("there is no check 'spred'; known are ", "amnesia");
        assertThat(failure("of_what_nobody_starts", "")).contains("give a jar or a command", "there is no Procfile in");
    }

    @Test
    void a_library_in_a_version_that_does_not_fit_is_said_to_be_one() throws Exception {
        List<URL> others = new ArrayList<>();
        for (String entry : System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                .split(File.pathSeparator, -1)) {
            if (!entry.contains("jackson-annotations")) {
                others.add(Path.of(entry).toUri().toURL());
            }
        }
        try (URLClassLoader without =
                new URLClassLoader(others.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Annotation annotation =
                    Class.forName(Samples.class.getName(), true, without).getAnnotations()[0];
            Method of = Class.forName(SubjectUnderProof.class.getName(), true, without)
                    .getDeclaredMethod("of", annotation.annotationType());
            of.setAccessible(true);

            assertThatThrownBy(() -> of.invoke(null, annotation))
                    .cause()
                    .hasMessageContaining(
                            "in a version that does not fit (java.lang.NoClassDefFoundError: com/fasterxml/");
        }
    }

    private static String failure(String method, String parameters) {
        TestExecutionSummary summary = run(method, parameters);
        assertThat(summary.getFailures()).hasSize(1);
        List<String> messages = Stream.iterate(
                        summary.getFailures().getFirst().getException(), cause -> cause != null, Throwable::getCause)
                .map(Throwable::getMessage)
                .toList();
        return String.join("\n", messages);
    }

    private static TestExecutionSummary run(String method, String parameters) {
        return run(Samples.class, method, parameters);
    }

    private static TestExecutionSummary run(Class<?> type, String method, String parameters) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectMethod(type.getName(), method, parameters))
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        return listener.getSummary();
    }
}
