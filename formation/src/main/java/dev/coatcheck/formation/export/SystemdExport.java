package dev.coatcheck.formation.export;

import dev.coatcheck.formation.FormationException;
import dev.coatcheck.formation.application.Origin;
import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.application.ServiceKind;
import dev.coatcheck.formation.supervision.ShellCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A template unit for each process type, of which an instance is {@code gallery-web@2.service}; a target that wants the
 * formation's; the release as a unit of its own; HAProxy in front. For systemd 252 and later.
 */
final class SystemdExport {
    /** The first instance of the first process type gets the TCP port after this one. */
    private static final int FIRST_TCP_PORT = 5_000;

    /** Between the TCP ports of two process types: more instances of one are refused when the application is read. */
    private static final int STEP = 1_000;

    private static final int LAST_TCP_PORT = 65_535;

    private final Plan plan;

    SystemdExport(Plan plan) {
        this.plan = plan;
    }

    Manifests manifests() {
        List<String> warnings = warnings();
        List<Manifest> files = new ArrayList<>();
        files.add(new Manifest(plan.name() + ".target", target(warnings)));
        int tcpPort = FIRST_TCP_PORT;
        for (ProcessType type : plan.application().types()) {
            files.add(new Manifest(plan.fullName(type) + "@.service", instances(type, tcpPort)));
            if (Plan.isWeb(type)) {
                files.add(new Manifest("haproxy.cfg", haproxy(type, tcpPort)));
            }
            tcpPort += STEP;
        }
        plan.application()
                .release()
                .ifPresent(release -> files.add(new Manifest(plan.fullName(release) + ".service", release(release))));
        if (!plan.variables().config().isEmpty()) {
            files.add(new Manifest("config.env", config()));
        }
        if (!plan.variables().secrets().isEmpty()) {
            files.add(new Manifest("secrets.env.example", secrets()));
        }
        return new Manifests(files, warnings);
    }

    private String target(List<String> warnings) {
        List<String> says = new ArrayList<>(List.of(
                "The formation: starting and stopping it starts and stops every instance. Another instance, for good: add"
                        + " it to Wants, and to haproxy.cfg if it is one of web.",
                "  cp *.service *.target /etc/systemd/system/ && systemctl daemon-reload"));
        plan.application()
                .release()
                .ifPresent(release -> says.add("  systemctl start " + plan.fullName(release) + ".service || exit 1"));
        says.add("  systemctl enable --now " + plan.name() + ".target");
        StringBuilder wants = new StringBuilder();
        for (ProcessType type : plan.application().types()) {
            for (int number = 1; number <= plan.application().quantity(type.name()); number++) {
                wants.append("Wants=%s@%d.service\n".formatted(plan.fullName(type), number));
            }
        }
        return Head.text(plan, says, warnings) + """

                [Unit]
                Description=%s, all of it
                %s
                [Install]
                WantedBy=multi-user.target
                """.formatted(plan.name(), wants);
    }

    private String instances(ProcessType type, int tcpPort) {
        if (tcpPort + STEP > LAST_TCP_PORT) {
            throw new FormationException(
                    "the Procfile has more process types than there are ranges of TCP ports to give"
                            + " each of them one under systemd: " + (LAST_TCP_PORT - FIRST_TCP_PORT) / STEP);
        }
        boolean keepsShell = ShellCommand.keepsTheShell(type.command());
        return Head.text(
                        plan,
                        List.of("The process type '" + type.name() + "'; instance 1 listens on TCP port "
                                + (tcpPort + 1) + ", instance 2 on the next."),
                        List.of())
                + """

                [Unit]
                Description=%1$s %2$s.%%i
                PartOf=%1$s.target
                Wants=network-online.target
                After=network-online.target%3$s
                # Like the runner, it never gives up.
                StartLimitIntervalSec=0

                [Service]
                Type=exec
                %4$sEnvironment=COATCHECK_INSTANCE=%2$s.%%i
                ExecStart=/bin/sh -c "export PORT=$$((%5$d + %%i)); %6$s"
                Restart=always
                # From 1 s up to 60 s; before systemd 254 always 1 s.
                RestartSec=1
                RestartSteps=6
                RestartMaxDelaySec=60
                # %7$s
                KillMode=%8$s
                KillSignal=SIG%10$s
                TimeoutStopSec=%9$d
                # How a JVM ends that was asked to.
                SuccessExitStatus=143
                %11$s""".formatted(
                                plan.name(),
                                type.name(),
                                plan.application()
                                        .release()
                                        .map(release -> " " + plan.fullName(release) + ".service")
                                        .orElse(""),
                                surroundings(),
                                tcpPort,
                                SystemdText.quoted(Plan.shellCommand(type)),
                                keepsShell
                                        ? "A shell stays in front of the application, so the signal goes to all of them."
                                        : "The signal goes to the application alone, SIGKILL to whatever is left of it.",
                                keepsShell ? "control-group" : "mixed",
                                plan.stopLimit(type).toSeconds(),
                                plan.stopSignal(type),
                                sandbox());
    }

    private String release(ProcessType release) {
        return Head.text(
                        plan,
                        List.of(
                                "The release: started by whoever deploys, before the instances are restarted. 'systemctl"
                                        + " start' waits for its end and fails when it does."),
                        List.of())
                + """

                [Unit]
                Description=%1$s release
                Wants=network-online.target
                After=network-online.target
                Before=%1$s.target

                [Service]
                Type=oneshot
                %2$sEnvironment=COATCHECK_INSTANCE=release.1
                ExecStart=/bin/sh -c "%3$s"
                TimeoutStartSec=10min
                %4$s""".formatted(plan.name(), surroundings(), SystemdText.quoted(Plan.shellCommand(release)), sandbox());
    }

    private String surroundings() {
        String folder = "/etc/" + plan.name() + "/";
        return "User=" + plan.name() + "\nWorkingDirectory=/srv/" + plan.name() + "\n"
                + (plan.variables().config().isEmpty() ? "" : "EnvironmentFile=" + folder + "config.env\n")
                + (plan.variables().secrets().isEmpty() ? "" : "EnvironmentFile=" + folder + "secrets.env\n");
    }

    /** Nothing that an application in an ordinary language would miss; a JIT needs memory to write and run code in. */
    private static String sandbox() {
        return """
                # /tmp is its own and gone after it, so no two instances meet there.
                PrivateTmp=yes
                # /usr, /boot and /etc are read only; 'strict' makes all of it so, for an application that writes nothing.
                ProtectSystem=full
                NoNewPrivileges=yes
                PrivateDevices=yes
                ProtectClock=yes
                ProtectControlGroups=yes
                ProtectHostname=yes
                ProtectKernelLogs=yes
                ProtectKernelModules=yes
                ProtectKernelTunables=yes
                RestrictRealtime=yes
                RestrictSUIDSGID=yes
                LockPersonality=yes
                """;
    }

    private String haproxy(ProcessType web, int tcpPort) {
        List<String> instances = new ArrayList<>();
        for (int number = 1; number <= Math.max(1, plan.application().quantity(web.name())); number++) {
            instances.add("server %s.%d 127.0.0.1:%d".formatted(web.name(), number, tcpPort + number));
        }
        return new HaproxyConfiguration(
                        plan,
                        plan.settings().formation().router().port(),
                        List.of(
                                "log /dev/log local0",
                                "user haproxy",
                                "group haproxy",
                                "maxconn 4096",
                                "# For scripts that roll: 'set server web/web.1 state drain', and 'ready'.",
                                "stats socket /run/haproxy/admin.sock mode 660 level admin"),
                        "",
                        instances)
                .text(
                        List.of("Take it as /etc/haproxy/haproxy.cfg; 'haproxy -c -f haproxy.cfg' checks it."),
                        List.of());
    }

    private String config() {
        StringBuilder text = new StringBuilder(Head.text(
                plan,
                List.of("Variables that are no secrets, for /etc/" + plan.name() + "/config.env. After a change the"
                        + " instances have to be restarted."),
                List.of()));
        plan.variables().config().forEach((name, value) -> text.append(SystemdText.assignment(name, value)));
        return text.toString();
    }

    private String secrets() {
        StringBuilder text = new StringBuilder(Head.text(
                plan,
                List.of(
                        "Placeholders: values that may be secret are never written by the export. Fill in a copy:",
                        "  install -m 600 secrets.env.example /etc/" + plan.name() + "/secrets.env"),
                List.of()));
        plan.variables()
                .secrets()
                .forEach((name, origin) -> text.append(origin == Origin.GENERATED ? "# openssl rand -hex 32\n" : "")
                        .append(SystemdText.assignment(name, "REPLACE-ME")));
        return text.toString();
    }

    private List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        if (plan.web().isPresent()) {
            warnings.add("requests are not held while no instance is ready: HAProxy answers 503 at once.");
            warnings.add(
                    "'systemctl restart' of an instance does not take it out of HAProxy's rotation first, nor wait until"
                            + " the new process is ready: drain it before, wait after, one instance at a time.");
            warnings.add(
                    "HAProxy learns from its checks, once a second, that a process died; until then a request meets a"
                            + " refused connection and is sent to another instance.");
            warnings.add(
                    "a request without an answer is sent again by HAProxy only when all of it, body included, fits into"
                            + " one of its buffers (16 KiB).");
        }
        if (plan.application().release().isPresent()) {
            warnings.add(
                    "nothing starts the release by itself: start its unit before the instances, and go on only when it"
                            + " has succeeded.");
        }
        warnings.add("before systemd 254 a process that keeps dying is started again each second, without a back-off.");
        if (!plan.application().services().isEmpty()) {
            warnings.add("backing services are not part of it ("
                    + plan.application().services().stream()
                            .map(ServiceKind::label)
                            .collect(Collectors.joining(", "))
                    + "): install them, or attach others, by their URLs in secrets.env.");
        }
        return warnings;
    }
}
