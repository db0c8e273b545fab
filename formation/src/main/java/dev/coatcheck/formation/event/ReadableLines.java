package dev.coatcheck.formation.event;

import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.router.Access;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/** For a person at a terminal: the time, who speaks, and what. Who speaks has a column and a colour of its own. */
public final class ReadableLines implements EventFormat {
    private static final String OURSELVES = "coatcheck";
    private static final String ROUTER = "router";

    private final DateTimeFormatter time;
    private final Colours colours;
    private final AppLine appLine;
    private final List<String> speakers = new ArrayList<>();
    private int width = OURSELVES.length();

    /**
     * Writes times in this zone.
     *
     * @param coloured whether the terminal shows colours
     */
    public ReadableLines(ZoneId zone, boolean coloured) {
        this.time = DateTimeFormatter.ofPattern("HH:mm:ss").withZone(zone);
        this.colours = coloured ? Colours.ANSI : Colours.NONE;
        this.appLine = new AppLine(colours);
    }

    @Override
    public String format(Event event) {
        return switch (event) {
            case Event.Lifecycle lifecycle -> lifecycle(lifecycle);
            // Lines come in the order of what they tell: a request is told when it is over.
            case Event.Request request ->
                line(event.at().plus(request.access().took()), ROUTER, request(request.access()));
            case Event.Output output -> line(event.at(), output.instance(), appLine.readable(output.line()));
            case Event.Banner banner -> "\n" + banner.text().indent(2).replaceAll("(?m)^ +$", "") + "\n";
        };
    }

    private String lifecycle(Event.Lifecycle event) {
        if (event.kind() == Event.Kind.READY) {
            return ""; // The banner says it, and more.
        }
        StringBuilder lines = new StringBuilder();
        event.message()
                .lines()
                .forEach(line -> lines.append(line(event.at(), OURSELVES, weighted(event.level(), line))));
        return lines.toString();
    }

    private String weighted(Level level, String text) {
        return switch (level) {
            case INFO -> text;
            case WARNING -> colours.yellow(text);
            case ERROR -> colours.red(text);
        };
    }

    private String request(Access access) {
        String status = Integer.toString(access.status());
        String shown = access.status() >= 500
                ? colours.red(status)
                : access.status() >= 400 ? colours.yellow(status) : colours.green(status);
        String again = access.attempts() > 1 ? ", asked " + access.attempts() + " times" : "";
        return access.method() + " " + Printable.text(access.path()) + " " + shown
                + colours.faint(" " + access.took().toMillis() + " ms  "
                        + access.instance().orElse("no instance") + again);
    }

    private String line(Instant at, String speaker, String text) {
        width = Math.max(width, speaker.length());
        return colours.faint(time.format(at)) + " "
                + colours.numbered(number(speaker), speaker + " ".repeat(width - speaker.length()))
                + colours.faint(" | ") + text + "\n";
    }

    private int number(String speaker) {
        int number = speakers.indexOf(speaker);
        if (number < 0) {
            speakers.add(speaker);
            number = speakers.size() - 1;
        }
        return number;
    }
}
