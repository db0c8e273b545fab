package dev.coatcheck.formation.application;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.formation.application.AppJson.Variable;
import dev.coatcheck.host.process.Signal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AppJsonTest {
    private final Problems problems = new Problems();

    @Test
    void what_counts_here_is_taken_and_the_rest_passed_over() {
        AppJson app = parse("""
                { "name": "gallery", "buildpacks": [{"url": "…"}], "scripts": {"dokku": {}},
                  "env": {
                    "PLAIN": "a",
                    "DEFAULTED": {"description": "d", "value": "b"},
                    "OPTIONAL": {"required": false},
                    "MADE_UP": {"generator": "secret"} },
                  "formation": {"web": {"quantity": 3, "size": "eco"}, "worker": {"quantity": 0}, "clock": {"size": "eco"}},
                  "addons": ["heroku-postgresql:mini", {"plan": "heroku-redis", "as": "REDIS"}, "papertrail:choklad"],
                  "healthchecks": {"web": [
                    {"type": "liveness", "path": "/live"},
                    {"type": "startup", "path": "/up"},
                    {"type": "readiness", "path": "/health/ready", "attempts": 3}]} }
                """);
        assertThat(problems.found()).isEmpty();
        assertThat(app.variables())
                .containsOnly(
                        Map.entry("PLAIN", new Variable(Optional.of("a"), false, true, "")),
                        Map.entry("DEFAULTED", new Variable(Optional.of("b"), false, true, "d")),
                        Map.entry("OPTIONAL", new Variable(Optional.empty(), false, false, "")),
                        Map.entry("MADE_UP", new Variable(Optional.empty(), true, true, "")));
        assertThat(app.quantities()).containsOnlyKeys("web", "worker").containsEntry("web", 3);
        assertThat(app.services()).containsExactly(ServiceKind.POSTGRESQL, ServiceKind.REDIS);
        assertThat(app.unknownAddons()).containsExactly("papertrail");
        assertThat(app.readinessPath()).contains("/health/ready");
    }

    @Test
    void our_own_section_says_how_to_build_and_to_stop() {
        AppJson app = parse("""
                {"coatcheck": {"build": "make", "stop": {"web": {"signal": "SIGINT", "seconds": 60}, "worker": {}}}}
                """);
        assertThat(problems.found()).isEmpty();
        assertThat(app.build()).contains("make");
        assertThat(app.stops())
                .containsOnly(
                        Map.entry("web", new StopPolicy(Signal.INT, Optional.of(Duration.ofSeconds(60)))),
                        Map.entry("worker", StopPolicy.DEFAULT));
    }

    @Test
    void a_startup_check_serves_where_there_is_none_for_readiness() {
        assertThat(parse("{\"healthchecks\": {\"web\": [{\"name\": \"x\", \"path\": \"/up\"}]}}")
                        .readinessPath())
                .contains("/up");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            []                                          | must be a JSON object
            {"env": []}                                 | env must be an object
            {"env": {"A-B": "x"}}                       | 'A-B' is no name for a variable
            {"env": {"A": 1}}                           | env.A must be a text, or an object
            {"env": {"A": {"value": true}}}             | env.A.value must be a text
            {"env": {"A": {"generator": "uuid"}}}       | 'uuid' is unknown; there is 'secret'
            {"env": {"A": {"required": "yes"}}}         | env.A.required must be true or false
            {"formation": {"web": {"quantity": "two"}}} | formation.web.quantity must be a whole number from 0 to 1000
            {"formation": {"web": {"quantity": 1.5}}}   | formation.web.quantity must be a whole number
            {"formation": {"web": {"quantity": -1}}}    | formation.web.quantity must be a whole number
            {"formation": {"web": 2}}                   | formation.web.quantity must be a whole number
            {"addons": {}}                              | addons must be a list
            {"addons": [1]}                             | addons[0] must be a name, or an object with a plan
            {"addons": [{"plan": "postgresql", "as": "REPORTS"}]} | can only be attached as DATABASE_URL here; set REPORTS_URL
            {"healthchecks": {"web": {}}}               | healthchecks.web must be a list
            {"coatcheck": {"build": 1}}                 | coatcheck.build must be a text
            {"coatcheck": {"stop": {"web": 60}}}        | coatcheck.stop.web must be an object
            {"coatcheck": {"stop": {"web": {"signal": "FOO"}}}} | 'FOO' is unknown; TERM, INT and QUIT are usual
            {"coatcheck": {"stop": {"web": {"seconds": -1}}}}   | seconds must be a whole number from 0 to 3600
            {"healthchecks": {"web": [{"path": "up"}]}} | healthchecks.web[0].path must be a path such as
            {"env": {}, "env": {}}                      | app.json:1: is not JSON: Duplicate
            {"env": {}                                  | app.json:1: is not JSON: Unexpected end-of-input
            """)
    void what_is_wrong_is_told_with_its_place(String json, String problem) {
        parse(json);
        assertThat(problems.found()).isNotEmpty();
        assertThat(problems.found().getFirst().toString())
                .startsWith("app.json")
                .contains(problem);
    }

    @Test
    void deep_nesting_is_refused_and_not_a_stack_overflow() {
        parse("[".repeat(100_000));
        assertThat(problems.found()).singleElement().asString().contains("is not JSON");
    }

    private AppJson parse(String text) {
        return AppJson.parse("app.json", text, problems);
    }
}
