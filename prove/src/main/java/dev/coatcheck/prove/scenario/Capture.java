package dev.coatcheck.prove.scenario;

/** A value of the response that later steps write as {@code {{name}}}. */
public record Capture(String name, Selection selection) {}
