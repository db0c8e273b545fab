package dev.coatcheck.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Before a test the application is started as one process, with clean backing services; the test uses it at its
 * {@link BaseUrl}; and when the test has passed, what it sent is played again, split over several processes that share no
 * memory and no disk. The test fails where that changes an answer, with the words of the report: which request left
 * something in a process, which one missed it, and where it lies. It fails as well where nothing can be concluded.
 *
 * <p>What the test sends besides, to a database or another service, is not played again: it has to make what it needs by
 * requests to the application, two at least. A proof takes as long as the dozens of starts that it needs; one runs at a time.
 *
 * {@snippet :
 * @Test
 * @ProveStateless(jar = "target/shop.jar", with = "postgresql")
 * void a_cart_is_kept(@BaseUrl URI shop) throws Exception {
 *     send(shop.resolve("/cart"), "item=17");
 *     assertThat(get(shop.resolve("/cart"))).contains("17");
 * }
 * }
 *
 * <p>On a class it holds for each of its tests; on a test it is stronger than on its class.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ProveStatelessExtension.class)
@ResourceLock("dev.coatcheck.proof")
public @interface ProveStateless {
    /** The shell command that starts a web process, which listens on {@code PORT}. By default the Procfile says it. */
    String command() default "";

    /** In place of {@link #command()} a jar, from the folder, that is run by the Java of the tests. */
    String jar() default "";

    /** The application's folder, from where the tests run. */
    String folder() default "";

    /** Backing services that are started for it, and emptied: {@code postgresql}, {@code redis}, {@code memcached}, {@code s3}. */
    String[] with() default {};

    /** Variables for the application, each as {@code NAME=VALUE}. */
    String[] env() default {};

    /** The path that answers 2xx when the application is ready. */
    String ready() default "";

    /** Over how many processes a conversation is spread. */
    int instances() default 3;

    /** Those that are made, of {@code spread}, {@code amnesia} and others; all by default. */
    String[] checks() default {};

    /** How long the application may take until it is ready. */
    int startSeconds() default 60;

    /** After a kill, how long another process may wait until it takes up the work: as long as leases of its job queue are. */
    int leaseSeconds() default 45;

    /** A folder for the recording and the reports, in a folder for each test; none by default. */
    String report() default "";
}
