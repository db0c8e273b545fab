package dev.coatcheck.prove.isolation;

import dev.coatcheck.host.SearchPath;
import dev.coatcheck.host.process.ProcessGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Finds out by trying what this machine allows. */
final class Probing {
    private static final String WITHOUT_OVERLAY =
            "instances get copies of the application's folder instead of a disk of"
                    + " their own: what they leave at other absolute paths all of them find";
    private static final String WITHOUT_REMADE_FOLDERS =
            "an application that deletes a folder and makes it again gets an input/output error";
    private static final String WITHOUT_NETWORK = "an application that insists on a fixed TCP port can run only once";

    private final List<Fact> facts = new ArrayList<>();

    private Probing() {}

    static Isolation probe() {
        Probing probing = new Probing();
        probing.tool("unshare", "--map-current-user");
        probing.tool("nsenter", "--preserve-credentials");
        Optional<Mechanism> best = Optional.empty();
        if (OwnUser.isRoot() && probing.layers(Mechanism.OVERLAY, "overlays in a mount namespace")) {
            best = Optional.of(Mechanism.OVERLAY);
        } else if (probing.layers(Mechanism.USER_OVERLAY, "overlays in a user namespace")) {
            best = Optional.of(Mechanism.USER_OVERLAY);
        }
        boolean ownNetwork = best.isPresent() && probing.network(best.get());
        return new Isolation(best.orElse(Mechanism.COPY), ownNetwork, probing.facts);
    }

    private void tool(String name, String needed) {
        Optional<Path> program = SearchPath.ofThisJvm().find(name);
        String said = program.map(path -> output(path + " --version; " + path + " --help"))
                .orElse("");
        boolean fits = said.contains(needed);
        String version = said.lines().findFirst().orElse("not found on the PATH");
        facts.add(new Fact(
                name,
                fits,
                fits || program.isEmpty() ? version : version + " does not know " + needed,
                WITHOUT_OVERLAY,
                fits ? "" : "install util-linux 2.36 or later; BusyBox has too little of it"));
    }

    private boolean layers(Mechanism mechanism, String subject) {
        try (ScratchFolder scratch = ScratchFolder.create("coatcheck-trial-")) {
            Path folder = scratch.path();
            Files.createDirectory(folder.resolve("known"));
            try (Layer layer = Isolation.by(mechanism).newLayer(LayerSettings.of("coatcheck-trial", folder))) {
                boolean written = succeeds(layer, folder, "echo x >new && cat new");
                facts.add(new Fact(
                        subject,
                        written,
                        written ? "a layer was made and written to" : "a layer was made, and could not be written to",
                        WITHOUT_OVERLAY,
                        written ? "" : remedy()));
                if (written) {
                    boolean remade = succeeds(layer, folder, "rmdir known && mkdir known && echo x >known/new");
                    facts.add(new Fact(
                            "folders that are made again in a layer",
                            remade,
                            remade ? "tried" : "refused",
                            WITHOUT_REMADE_FOLDERS,
                            remade ? "" : "use Linux 6.6 or later, whose tmpfs keeps user attributes; or run as root"));
                }
                return written;
            }
        } catch (IOException e) {
            facts.add(new Fact(subject, false, String.valueOf(e.getMessage()), WITHOUT_OVERLAY, remedy()));
            return false;
        }
    }

    private boolean network(Mechanism mechanism) {
        String subject = "a network of its own";
        LayerSettings settings =
                LayerSettings.of("coatcheck-trial", Path.of("/")).withNetwork(new Network.Own(List.of()));
        try (Layer layer = Isolation.by(mechanism).newLayer(settings)) {
            facts.add(new Fact(subject, true, "made, reached at " + layer.reach(80), WITHOUT_NETWORK, ""));
            return true;
        } catch (IOException e) {
            facts.add(new Fact(
                    subject,
                    false,
                    String.valueOf(e.getMessage()),
                    WITHOUT_NETWORK,
                    "install iproute2, which brings loopback up; in a container see the advice on namespaces"));
            return false;
        }
    }

    private static boolean succeeds(Layer layer, Path folder, String script) throws IOException {
        ProcessBuilder builder = layer.builder(List.of("sh", "-c", script), folder, System.getenv())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        try (ProcessGroup group = ProcessGroup.start(builder)) {
            return group.onExit().get(10, TimeUnit.SECONDS).isSuccess();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The usual reasons for which the kernel refuses, the most specific first. */
    private static String remedy() {
        if (!Files.exists(Path.of("/proc/self/ns/user"))) {
            return "use Linux: this system has no namespaces";
        }
        if (setting("kernel/unprivileged_userns_clone").equals("0")) {
            return "sysctl -w kernel.unprivileged_userns_clone=1, or run as root";
        }
        if (setting("user/max_user_namespaces").equals("0")) {
            return "sysctl -w user.max_user_namespaces=10000, or run as root";
        }
        if (setting("kernel/apparmor_restrict_unprivileged_userns").equals("1")) {
            return "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu 23.10 and later restrict it), or run"
                    + " as root";
        }
        return "in a container: docker run --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt"
                + " apparmor=unconfined; elsewhere: run as root";
    }

    private static String setting(String name) {
        try {
            return Files.readString(Path.of("/proc/sys", name)).strip();
        } catch (IOException e) {
            return ""; // this kernel does not have it
        }
    }

    private static String output(String script) {
        try {
            Process process = new ProcessBuilder("sh", "-c", script)
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
