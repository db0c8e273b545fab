package dev.coatcheck.prove.scenario.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One request of the file with what stands around it, in lines.
 *
 * @param title what follows {@code ###}; empty where nothing does
 * @param directives comments of the form {@code # @name value}, without their marks
 * @param user of a comment {@code # user: NAME}
 * @param request the first line, with the lines that continue its URL
 * @param body the lines behind the blank line
 * @param after the lines of response handlers, with what begins them
 */
record HttpBlock(
        String title,
        List<Line> variables,
        List<Line> directives,
        Optional<String> user,
        Optional<Line> request,
        List<Line> headers,
        List<Line> body,
        List<Line> after) {
    private static final Pattern COMMENT = Pattern.compile("\\s*(#|//)\\s*(?<text>.*)");
    private static final Pattern USER = Pattern.compile("user:\\s*(\\S{1,64})\\s*");
    private static final Pattern VARIABLE = Pattern.compile("@[^\\s=]+\\s*=.*");
    private static final Pattern CONTINUED = Pattern.compile("[ \\t]+\\S.*");
    private static final Pattern HANDLER = Pattern.compile("(>\\s*\\{%|>\\s+\\S|>>|<>).*");
    private static final Pattern BEFORE = Pattern.compile("(<\\s*\\{%|(import|run)\\s).*");

    /** @param number counted from 1 */
    record Line(int number, String text) {}

    static List<HttpBlock> in(String text) {
        List<HttpBlock> blocks = new ArrayList<>();
        Splitting block = new Splitting("");
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (line.startsWith("###")) {
                blocks.add(block.block());
                block = new Splitting(line.substring(3).strip());
            } else {
                block.take(new Line(number, line));
            }
        }
        blocks.add(block.block());
        return blocks;
    }

    private enum Where {
        BEFORE_REQUEST,
        HEAD,
        BODY,
        AFTER
    }

    private static final class Splitting {
        private final String title;
        private final List<Line> variables = new ArrayList<>();
        private final List<Line> directives = new ArrayList<>();
        private final List<Line> headers = new ArrayList<>();
        private final List<Line> body = new ArrayList<>();
        private final List<Line> after = new ArrayList<>();
        private Optional<String> user = Optional.empty();
        private Optional<Line> request = Optional.empty();
        private Where where = Where.BEFORE_REQUEST;
        private boolean inScript;

        Splitting(String title) {
            this.title = title;
        }

        HttpBlock block() {
            while (!body.isEmpty() && body.getLast().text().isBlank()) {
                body.removeLast();
            }
            return new HttpBlock(title, variables, directives, user, request, headers, body, after);
        }

        void take(Line line) {
            if (inScript) {
                after.add(line);
                inScript = !line.text().contains("%}");
            } else if (HANDLER.matcher(line.text()).matches() && where != Where.BEFORE_REQUEST) {
                where = Where.AFTER;
                after.add(line);
                inScript = line.text().contains("{%") && !line.text().contains("%}");
            } else {
                switch (where) {
                    case BEFORE_REQUEST -> beforeRequest(line);
                    case HEAD -> head(line);
                    case BODY -> body.add(line);
                    case AFTER -> {
                        if (!line.text().isBlank() && !comment(line)) {
                            after.add(line);
                        }
                    }
                }
            }
        }

        private void beforeRequest(Line line) {
            if (line.text().isBlank() || comment(line)) {
                return;
            }
            if (VARIABLE.matcher(line.text()).matches()) {
                variables.add(line);
            } else if (BEFORE.matcher(line.text()).matches()) {
                after.add(line);
                inScript = line.text().contains("{%") && !line.text().contains("%}");
            } else {
                request = Optional.of(line);
                where = Where.HEAD;
            }
        }

        private void head(Line line) {
            if (line.text().isBlank()) {
                where = Where.BODY;
            } else if (headers.isEmpty() && CONTINUED.matcher(line.text()).matches()) {
                request = request.map(first ->
                        new Line(first.number(), first.text() + line.text().strip()));
            } else if (!comment(line)) {
                headers.add(line);
            }
        }

        private boolean comment(Line line) {
            Matcher matcher = COMMENT.matcher(line.text());
            if (!matcher.matches()) {
                return false;
            }
            String text = matcher.group("text");
            if (text.startsWith("@")) {
                directives.add(new Line(line.number(), text.substring(1).strip()));
            }
            Matcher named = USER.matcher(text);
            if (named.matches()) {
                user = Optional.of(named.group(1));
            }
            return true;
        }
    }
}
