package dev.coatcheck.formation.release;

import java.nio.file.Path;
import java.util.List;

/**
 * A copy of an application's folder.
 *
 * @param id of what is in it: two copies of the same tree are one build
 * @param folder where it lies
 * @param notes what a person should know of how it was made, though it hindered nothing
 */
public record Build(String id, Path folder, List<String> notes) {}
