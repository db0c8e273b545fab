package dev.coatcheck.prove.location;

import java.util.regex.Pattern;

/** Files that runtimes and tools, the prover's own among them, write for themselves. */
public final class Incidental {
    private static final Pattern PATHS = Pattern.compile(
            "(.*/)?(hsperfdata_[^/]*|__pycache__|\\.node_compile_cache|node-compile-cache|\\.v8-compile-cache[^/]*|v8-compile-cache[^/]*"
                    + "|\\.npm/_logs|\\.npm/_update-notifier-last-checked)(/.*)?"
                    + "|(.*/)?(\\.attach_pid\\d+|\\.java_pid\\d+|hs_err_pid\\d+\\.log|perf-\\d+\\.map|coatcheck-[^/]*|[^/]*\\.pyc|[^/]*\\.heapsnapshot)");

    private Incidental() {}

    public static boolean is(String path) {
        return PATHS.matcher(path).matches();
    }
}
