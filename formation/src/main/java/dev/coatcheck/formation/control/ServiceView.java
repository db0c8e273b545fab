package dev.coatcheck.formation.control;

import java.util.Map;

/**
 * A backing service as {@code coatcheck services --json} shows it.
 *
 * @param name {@code postgresql}
 * @param version the server's own
 * @param variables what tells a process where it is
 */
public record ServiceView(String name, String version, Map<String, String> variables) {}
