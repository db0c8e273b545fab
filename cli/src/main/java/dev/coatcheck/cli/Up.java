package dev.coatcheck.cli;

import dev.coatcheck.formation.Formation;
import dev.coatcheck.formation.FormationSettings;
import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ApplicationOptions;
import dev.coatcheck.formation.event.EventPrinter;
import dev.coatcheck.formation.router.TlsFiles;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coatcheck up}. */
@Command(
        name = "up",
        description = {
            "Runs the application in a folder until it is stopped: its Procfile's process types, each as often as asked"
                    + " for, behind one TCP port, with the backing services that it needs.",
            "What runs is a release: a copy of the folder as it is now, with its configuration. 'coatcheck roll' makes the next"
                    + " one. A process type 'release' runs once to its end before the others start."
        },
        footer = {
            "",
            "Every instance gets PORT, COATCHECK_INSTANCE, the URLs of the services, and besides these the same"
                    + " environment: variables of this shell, else of .env, else of app.json.",
            "",
            "Examples:",
            "  coatcheck up",
            "  coatcheck up gallery --port 9000 --formation web=3,worker=2",
            "  coatcheck up --web 'node server.js' --formation web=3",
            "  coatcheck up --with postgresql,redis --ready /health/ready --start-timeout 180",
            "  coatcheck up --host 0.0.0.0 --port 8443 --tls-cert fullchain.pem --tls-key privkey.pem",
            "  coatcheck up --trust-forwarded --max-body 20m --metrics-port 9100",
            "  coatcheck up --log json | tee events.ndjson"
        })
final class Up implements Callable<Integer> {
    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Parameters(arity = "0..1", paramLabel = "DIR", description = "The application's folder; this one by default.")
    private Path folder = Path.of("");

    @Option(
            names = "--port",
            paramLabel = "NUMBER",
            description = "The TCP port for requests; 8080 by default, 0 for any free one.")
    private int port = FormationSettings.defaults().router().port();

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "The address to listen on; 127.0.0.1 by default, which only this machine reaches. 0.0.0.0 for"
                    + " every address of this machine.")
    private String host = FormationSettings.defaults().router().host();

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Speak HTTPS and HTTP/2 with this certificate: PEM, the server's own first, then those that"
                    + " signed it. It is read again when it changes. Needs --tls-key.")
    private @Nullable Path tlsCertificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "The certificate's private key: PEM, not encrypted.")
    private @Nullable Path tlsKey;

    @Option(
            names = "--metrics-port",
            paramLabel = "NUMBER",
            description =
                    "Tell the router's metrics at http://127.0.0.1:NUMBER/metrics, as Prometheus reads them; 0 for any"
                            + " free TCP port. 'coatcheck metrics' shows them without it.")
    private @Nullable Integer metricsPort;

    @Mixin
    private RouterOptions routing = new RouterOptions();

    @Option(
            names = "--formation",
            paramLabel = "TYPE=N,…",
            description =
                    "How many of each process type, as in web=3,worker=2. By default what app.json says, else one.")
    private @Nullable String quantities;

    @Option(
            names = "--with",
            paramLabel = "SERVICE,…",
            split = ",",
            description = "Backing services to start where the environment does not tell their URL: postgresql"
                    + " (DATABASE_URL), redis (REDIS_URL), memcached (MEMCACHED_URL), s3 (AWS_ENDPOINT_URL_S3, S3_BUCKET and"
                    + " credentials). Added to the addons in app.json.")
    private List<String> with = List.of();

    @Option(
            names = "--web",
            paramLabel = "COMMAND",
            description = "Starts a web process, in place of the Procfile's line; with it a Procfile is not needed.")
    private @Nullable String web;

    @Option(names = "--env-file", paramLabel = "FILE", description = "Read this instead of .env.")
    private @Nullable Path envFile;

    @Option(
            names = "--ready",
            paramLabel = "PATH",
            description = "The path that answers 2xx when an instance is ready. By default the one in app.json's"
                    + " healthchecks; with neither, / has to answer anything below 500.")
    private @Nullable String readinessPath;

    @Option(
            names = "--start-timeout",
            paramLabel = "SECONDS",
            converter = Seconds.class,
            description =
                    "How long an instance may take until it is ready; 60 by default. Then it is ended, and started"
                            + " again.")
    private int startSeconds = (int) FormationSettings.defaults().startLimit().toSeconds();

    @Option(
            names = "--log",
            paramLabel = "pretty|json",
            description =
                    "Lines for people, or one JSON object a line. By default for people on a terminal, else JSON.")
    private @Nullable LogFormat log;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        FormationSettings settings = settings();
        Application application = Application.read(
                coatcheck.folder().resolve(folder),
                new ApplicationOptions(
                        System.getenv(),
                        Optional.ofNullable(quantities),
                        with,
                        Optional.ofNullable(envFile).map(coatcheck.folder()::resolve),
                        Optional.ofNullable(readinessPath),
                        Optional.ofNullable(web)));
        Consumer<IOException> onBroken = broken -> System.err.println(
                "coatcheck: standard output takes no more (" + broken.getMessage()
                        + "), so nothing is shown from here on; the formation goes on, and 'coatcheck logs' shows what happens");
        try (EventPrinter events = new EventPrinter(
                        new FileOutputStream(FileDescriptor.out),
                        LogFormat.orDefault(log).events(),
                        onBroken);
                Formation formation = Formation.of(application, settings, events)) {
            Interruption interruption = Interruption.stops(formation);
            formation.start();
            formation.awaitStopped();
            return interruption.exitStatus();
        }
    }

    private FormationSettings settings() {
        FormationSettings onPort =
                checked("--port", () -> FormationSettings.defaults().withTcpPort(port));
        FormationSettings atHost = checked("--host", () -> onPort.withHost(host));
        FormationSettings routed = checked("", () -> atHost.withRouter(routing.applyTo(atHost.router())));
        Integer metrics = metricsPort;
        FormationSettings measured =
                metrics == null ? routed : checked("--metrics-port", () -> routed.withMetricsPort(metrics));
        FormationSettings settings =
                checked("--start-timeout", () -> measured.withStartLimit(Duration.ofSeconds(startSeconds)));
        if (tlsCertificate == null && tlsKey == null) {
            return settings;
        }
        if (tlsCertificate == null || tlsKey == null) {
            throw new ParameterException(
                    spec.commandLine(), "--tls-cert and --tls-key: one is of no use without the other; give both");
        }
        return settings.withTls(new TlsFiles(
                coatcheck.folder().resolve(tlsCertificate), coatcheck.folder().resolve(tlsKey)));
    }

    /** @param option that the message names, where it does not say itself what it is of */
    private FormationSettings checked(String option, Supplier<FormationSettings> settings) {
        try {
            return settings.get();
        } catch (IllegalArgumentException e) {
            String problem = String.valueOf(e.getMessage()).replaceFirst("^Router settings: ", "");
            throw new ParameterException(spec.commandLine(), option.isEmpty() ? problem : option + ": " + problem, e);
        }
    }
}
