package dev.coatcheck.host.service;

import dev.coatcheck.host.SearchPath;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A server that no registry packages, so that it has to come from the system's own package.
 *
 * @param program the file name of its executable
 * @param packageName its package, the same everywhere
 * @param variable the environment variable that attaches one from elsewhere instead
 */
record SystemPackage(String program, String packageName, String variable) {
    private static final List<Map.Entry<String, String>> INSTALLERS = List.of(
            Map.entry("apt-get", "apt-get install "),
            Map.entry("dnf", "dnf install "),
            Map.entry("apk", "apk add "),
            Map.entry("brew", "brew install "));

    /**
     * Where the program is.
     *
     * @throws ServerStartException if it is not installed, with the line that installs it
     */
    Path locate(SearchPath path) {
        return path.find(program)
                .orElseThrow(() -> new ServerStartException("there is no " + program + " on the PATH; "
                        + installation(path) + ", or attach one that runs" + " elsewhere by setting " + variable));
    }

    /** As {@code install it with 'apt-get install memcached'}. */
    String installation(SearchPath path) {
        return INSTALLERS.stream()
                .filter(installer -> path.find(installer.getKey()).isPresent())
                .findFirst()
                .map(installer -> "install it with '" + line(installer) + "'")
                .orElseGet(() -> INSTALLERS.stream()
                        .map(this::line)
                        .collect(Collectors.joining("' or '", "install it with the like of '", "'")));
    }

    private String line(Map.Entry<String, String> installer) {
        boolean needsRoot = !installer.getKey().equals("brew") && !Unprivileged.isRoot();
        return (needsRoot ? "sudo " : "") + installer.getValue() + packageName;
    }
}
