package dev.coatcheck.prove.scenario.hurl;

import dev.coatcheck.prove.scenario.Cursor;
import dev.coatcheck.prove.scenario.Expectation;
import dev.coatcheck.prove.scenario.InvalidScenarioException;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.Variables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalInt;

/**
 * Reads a scenario from the text of a {@code .hurl} file.
 *
 * <pre>
 * file     = *entry
 * entry    = request [ response ]
 * request  = method target EOL *header *section [ body ]
 * response = "HTTP" ( status / "*" ) EOL *header *section
 * </pre>
 *
 * The grammar of Hurl itself is at hurl.dev/docs/grammar.html.
 */
public final class HurlReader {
    private static final int MOST_STEPS = 1000;

    private HurlReader() {}

    /**
     * Reads a whole file.
     *
     * @param file whose name the scenario gets, and beside which the files lie that it uploads
     * @param variables the names of the values that will be given when the scenario is played
     * @throws InvalidScenarioException at the first thing that is wrong, with its line and column
     */
    public static Scenario read(Path file, String text, Collection<String> variables) {
        Variables known = new Variables(variables);
        HurlText lines = new HurlText(new Cursor(file.toString(), text, known));
        HurlRequest requests = new HurlRequest(lines, file);
        HurlResponse responses = new HurlResponse(lines, known);
        List<Step> steps = new ArrayList<>();
        for (lines.skipToContent(); !lines.cursor().atEnd(); lines.skipToContent()) {
            if (steps.size() == MOST_STEPS) {
                throw lines.cursor().error("a scenario of more than " + MOST_STEPS + " requests is not taken");
            }
            String user = lines.user();
            OptionalInt line = OptionalInt.of(lines.cursor().place().line());
            HurlRequest.Read request = requests.read();
            lines.skipToContent();
            HurlResponse.Read response = lines.atResponse()
                    ? responses.read()
                    : new HurlResponse.Read(Expectation.ofRequest(request.request()), List.of());
            steps.add(new Step(
                    steps.size() + 1,
                    line,
                    user,
                    request.request(),
                    request.polling(),
                    response.expectation(),
                    response.captures()));
        }
        if (steps.isEmpty()) {
            throw new InvalidScenarioException(
                    file.toString(), "holds no request; expected a line such as 'GET {{BASE_URL}}/login'");
        }
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.hurl$", "");
        return new Scenario(name, steps);
    }
}
