package dev.coatcheck.prove.scenario;

/** A name with a value: a header, a parameter, a cookie. */
public record Field(String name, Template value) {}
