package dev.coatcheck.formation.control;

import java.util.List;

/**
 * A release as {@code coatcheck releases --json} shows it.
 *
 * @param created ISO 8601
 * @param state {@code current}, {@code earlier}, {@code failed} or {@code unfinished}
 * @param build the id of its build
 * @param kept whether the build is still there, so that one can go back to it
 * @param changes what is different from the release numbered before it; of variables the names, never the values
 */
public record ReleaseView(int number, String created, String state, String build, boolean kept, List<String> changes) {}
