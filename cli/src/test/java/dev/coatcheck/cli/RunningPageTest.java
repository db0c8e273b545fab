package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.formation.FormationSettings;
import dev.coatcheck.formation.router.RouterMetrics;
import dev.coatcheck.formation.router.RouterSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What {@code docs/running.md} says of the runner is what it does. */
class RunningPageTest {
    private final String page = Files.readString(Path.of("../docs/running.md"));

    RunningPageTest() throws IOException {}

    @Test
    void every_option_of_up_is_there_or_on_the_page_of_the_services() throws IOException {
        String both = page + Files.readString(Path.of("../docs/services.md"));
        CommandLine up =
                Objects.requireNonNull(Coatcheck.commandLine().getSubcommands().get("up"));
        List<String> left = up.getCommandSpec().options().stream()
                .map(OptionSpec::longestName)
                // Of every command.
                .filter(name -> !List.of("--help", "--version", "--directory").contains(name))
                .filter(name -> !Pattern.compile(name + "[ `,;)]").matcher(both).find())
                .toList();
        assertThat(left).isEmpty();
    }

    @Test
    void the_limits_are_those_of_the_router() {
        RouterSettings router = RouterSettings.defaults();
        RouterSettings.Limits limits = router.limits();
        RouterSettings.Timeouts timeouts = router.timeouts();
        assertThat(row("body of a request")).isEqualTo((limits.bodyBytes() >> 30) + " GiB, `--max-body`");
        assertThat(row("head of a request"))
                .startsWith((limits.headBytes() >> 10) + " KiB")
                .endsWith("and " + limits.headerFields() + " fields");
        assertThat(row("requests at once, held ones and WebSockets among them")).isEqualTo(number(limits.requests()));
        assertThat(row("connections"))
                .startsWith(number(limits.connections()) + ", of one address " + number(limits.connectionsPerAddress())
                        + " ");
        assertThat(row("until the head of a request is there"))
                .isEqualTo(timeouts.requestHead().toSeconds() + " s");
        assertThat(row("until the next byte of a body"))
                .isEqualTo(timeouts.requestBody().toSeconds() + " s");
        assertThat(row("until the next request on a connection"))
                .isEqualTo(timeouts.keepAlive().toSeconds() + " s");
        assertThat(row("pace of a client")).startsWith((router.pace().bytes() >> 10) + " KiB a minute");
        assertThat(page)
                .contains("`--response-timeout`, " + timeouts.response().toSeconds() + " s")
                .contains("`--stream-timeout`, " + timeouts.stream().toSeconds() + " s")
                .contains("up to " + number(router.hold().requests()) + " requests wait")
                .contains("as `--hold` says, " + router.hold().age().toSeconds() + " s")
                .contains("up to " + (limits.bufferedBody() >> 10) + " KiB");
    }

    @Test
    void the_times_of_an_instance_are_those_of_the_formation() {
        FormationSettings formation = FormationSettings.defaults();
        assertThat(page)
                .contains("after all of it (" + formation.startLimit().toSeconds() + " s;")
                .contains("SIGTERM and " + formation.stopLimit().toSeconds() + " s");
    }

    @Test
    void every_metric_is_there() {
        String metrics = new RouterMetrics(Map.of(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0).toPrometheus();
        List<String> names = Pattern.compile("# TYPE coatcheck_router(\\w+)")
                .matcher(metrics)
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(names)
                .hasSizeGreaterThan(5)
                .allSatisfy(name -> assertThat(page).containsPattern("`(coatcheck_router|…)" + name + "[`{]"));
    }

    private String row(String what) {
        Matcher row = Pattern.compile("(?m)^\\| " + Pattern.quote(what) + " \\| ([^|]+) \\|")
                .matcher(page);
        assertThat(row.find()).as("a row '%s'", what).isTrue();
        return row.group(1);
    }

    private static String number(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
