package dev.coatcheck.cli.doctor;

import dev.coatcheck.cli.doctor.Resource.Answer;
import dev.coatcheck.cli.doctor.SideBySide.Question;
import dev.coatcheck.formation.application.ResourceUrl;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The backing services that an environment attaches, each asked in its own language, all at once. */
final class Resources {
    private static final Duration LIMIT = Duration.ofSeconds(3);

    /** For several round trips of which each keeps to the limit. */
    private static final Duration LIMIT_OF_ALL = Duration.ofSeconds(5);

    private static final String S3_ENDPOINT = "AWS_ENDPOINT_URL_S3";

    private final int processes;
    private final List<Question<Resource>> questions = new ArrayList<>();

    private Resources(int processes) {
        this.processes = processes;
    }

    /** @param processes how many of the application share them */
    static List<Resource> examine(Map<String, String> environment, int processes) throws InterruptedException {
        Resources resources = new Resources(processes);
        new TreeMap<>(environment).forEach(resources::add);
        return SideBySide.ask(resources.questions, LIMIT_OF_ALL);
    }

    private void add(String variable, String value) {
        if (variable.equals(S3_ENDPOINT) && !value.isBlank()) {
            String shown = value.strip().replaceFirst("//[^/]*@", "//").replaceFirst("[?#].*", "");
            question(variable, "s3", shown, () -> HttpProbe.ask(new URI(value.strip()), LIMIT));
        } else if (ResourceUrl.isMeant(value)) {
            ResourceUrl.parse(value).ifPresentOrElse(url -> add(variable, url), () -> unreadable(variable, value));
        }
    }

    private void add(String variable, ResourceUrl url) {
        switch (url.scheme()) {
            case "postgres", "postgresql" ->
                question(variable, "postgresql", url.toString(), () -> PostgresProbe.ask(url, processes, LIMIT));
            case "redis", "rediss", "valkey", "valkeys" ->
                question(variable, "redis", url.toString(), () -> RedisProbe.ask(url, LIMIT));
            case "memcached" -> question(variable, "memcached", url.toString(), () -> MemcachedProbe.ask(url, LIMIT));
            default -> question(variable, url.scheme(), url.toString(), () -> connect(url));
        }
    }

    /** Asks, and fails in any way in which what is asked can fail. */
    private interface Probe {
        Answer ask() throws IOException, SQLException, URISyntaxException, InterruptedException;
    }

    private void question(String variable, String service, String url, Probe probe) {
        String remedy = "start it, or correct " + variable + "; without " + variable + " one is started here where"
                + " app.json or --with ask for it";
        questions.add(new Question<>(
                () -> {
                    try {
                        return new Resource(variable, service, url, probe.ask());
                    } catch (IOException | SQLException | URISyntaxException | IllegalArgumentException e) {
                        return new Resource(variable, service, url, Answer.unreachable(words(e), remedy));
                    }
                },
                () -> new Resource(
                        variable,
                        service,
                        url,
                        Answer.unreachable("no answer within " + LIMIT_OF_ALL.toSeconds() + " s", remedy))));
    }

    private void unreadable(String variable, String value) {
        String scheme = value.strip().substring(0, value.strip().indexOf("://"));
        Resource unreadable = new Resource(
                variable,
                scheme,
                scheme + "://…",
                Answer.unreachable(
                        "its value begins so, and cannot be read as a URL",
                        "write " + scheme
                                + "://user:password@host:port/name, with %40 for @, %2F for / and %3A for : in a"
                                + " password"));
        questions.add(new Question<>(() -> unreadable, () -> unreadable));
    }

    private static Answer connect(ResourceUrl url) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(url.host(), url.tcpPort()), Math.toIntExact(LIMIT.toMillis()));
            return new Answer(
                    "", List.of(Finding.ok("reachable", "reachable", "takes connections; more was not asked")));
        }
    }

    /** The deepest cause says it; what wraps it says that there was one. */
    private static String words(Exception e) {
        return switch (e) {
            case ConnectException refused when refused.getMessage() == null -> "it takes no connections";
            case UnknownHostException unknown -> "there is no host of this name (" + unknown.getMessage() + ")";
            case RespConnection.RefusedException refused -> "it answers: " + refused.getMessage();
            // Their messages repeat what could not be read.
            case URISyntaxException _, IllegalArgumentException _ -> "its value cannot be read as a URL";
            case SQLException sql when sql.getCause() instanceof IOException cause -> words(cause);
            default -> String.valueOf(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        };
    }
}
