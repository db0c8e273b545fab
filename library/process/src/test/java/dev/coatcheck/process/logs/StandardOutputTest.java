package dev.coatcheck.process.logs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.process.ChildProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** What a process that does nothing but have the module on its class path writes. */
class StandardOutputTest {

    static final class Main {
        private Main() {}

        public static void main(String[] arguments) {
            var log = LoggerFactory.getLogger("photos");
            MDC.put(Logs.REQUEST_ID, "r-1");
            log.atInfo().addKeyValue("millis", 12).log("Grüße\nan alle");
            MDC.remove(Logs.REQUEST_ID);
            log.debug("detail");
            java.util.logging.Logger.getLogger("jdk").warning("from java.util.logging");
            java.util.logging.Logger.getLogger("jdk").log(Level.FINE, "detail");
        }
    }

    private static final String TIME = "\\{\"time\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\"";

    @Test
    void every_line_is_json_with_the_instance_whoever_logs_it() throws Exception {
        try (var child = ChildProcess.start(Main.class, Map.of("COATCHECK_INSTANCE", "web.2"))) {
            assertThat(child.awaitExit()).isZero();
            assertThat(child.errors()).isEmpty();
            assertThat(child.output())
                    .satisfiesExactly(
                            line -> assertThat(line)
                                    .matches(TIME
                                            + ",\"level\":\"INFO\",\"logger\":\"photos\",\"message\":\"Grüße\\\\nan alle\","
                                            + "\"instance\":\"web.2\",\"requestId\":\"r-1\",\"millis\":12}"),
                            line -> assertThat(line)
                                    .matches(TIME + ",\"level\":\"WARN\",\"logger\":\"jdk\","
                                            + "\"message\":\"from java.util.logging\",\"instance\":\"web.2\"}"));
        }
    }

    @Test
    void the_level_and_the_format_come_from_the_environment() throws Exception {
        try (var child = ChildProcess.start(
                Main.class, Map.of("LOG_LEVEL", "error,photos=debug,jdk=debug", "LOG_FORMAT", "pretty"))) {
            assertThat(child.awaitExit()).isZero();
            assertThat(child.output())
                    .extracting(line -> line.replaceFirst("^[0-9:.]+ ", ""))
                    .containsExactly(
                            "INFO  photos  Grüße",
                            "    an alle  requestId=r-1  millis=12",
                            "DEBUG photos  detail",
                            "WARN  jdk  from java.util.logging",
                            "DEBUG jdk  detail");
        }
    }

    @Test
    void an_application_with_a_configuration_of_its_own_keeps_that(@TempDir Path folder) throws Exception {
        var own = Files.writeString(folder.resolve("own.xml"), """
                <configuration>
                  <appender name="own" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>own: %msg%n</pattern></encoder>
                  </appender>
                  <root level="WARN"><appender-ref ref="own"/></root>
                  <logger name="photos" level="DEBUG"/>
                </configuration>
                """);
        var options = Map.of("JDK_JAVA_OPTIONS", "-Dlogback.configurationFile=" + own);
        try (var child = ChildProcess.start(Main.class, options)) {
            assertThat(child.awaitExit()).isZero();
            assertThat(child.output()).containsExactly("own: Grüße", "an alle", "own: detail");
        }
    }
}
