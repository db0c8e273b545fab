package dev.coatcheck.formation.export;

/**
 * One file of an export.
 *
 * @param name without a folder
 * @param text all of it, with {@code \n} at the ends of lines
 */
public record Manifest(String name, String text) {}
