package dev.coatcheck.host.service;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How to run a program that refuses to run as root, which PostgreSQL does.
 *
 * <p>As an ordinary user: as it is. As root: in a user namespace without a mapping, where root's own files are at hand but
 * nobody is root; and where no namespace is allowed (a container's usual rules), as the user {@value #NOBODY}, who keeps
 * the one capability that lets it reach files in folders of root.
 */
record Unprivileged(List<String> prefix, int owner) {
    private static final int NOBODY = 65_534;
    private static final List<String> USER_NAMESPACE = List.of("unshare", "--user");
    private static final List<String> OTHER_USER = List.of(
            "setpriv",
            "--reuid=" + NOBODY,
            "--regid=" + NOBODY,
            "--clear-groups",
            // Or access(2), by which PostgreSQL looks for its programs, would leave the capability out.
            "--securebits=+no_setuid_fixup",
            "--inh-caps=+dac_override",
            "--ambient-caps=+dac_override");

    static boolean isRoot() {
        return new UnixSystem().getUid() == 0;
    }

    static Unprivileged account() {
        if (!isRoot()) {
            return new Unprivileged(List.of(), Math.toIntExact(new UnixSystem().getUid()));
        }
        if (works(USER_NAMESPACE)) {
            return new Unprivileged(USER_NAMESPACE, 0);
        }
        if (works(OTHER_USER)) {
            return new Unprivileged(OTHER_USER, NOBODY);
        }
        throw new ServerStartException(
                "PostgreSQL refuses to run as root, and neither '" + String.join(" ", USER_NAMESPACE)
                        + "' nor setpriv works here; run as an ordinary user, install util-linux, or attach a server of your own by"
                        + " DATABASE_URL");
    }

    /** Gives a folder to the user that the program runs as, where that is another one. */
    void own(Path folder) throws IOException {
        if (!Files.getAttribute(folder, "unix:uid").equals(owner)) {
            FileTree.changeOwner(folder, owner);
        }
    }

    private static boolean works(List<String> prefix) {
        List<String> command = new ArrayList<>(prefix);
        command.add("true");
        try {
            Process trial = new ProcessBuilder(command)
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start();
            return trial.waitFor(10, TimeUnit.SECONDS) && trial.exitValue() == 0;
        } catch (IOException e) {
            return false; // not installed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
