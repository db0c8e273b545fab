package dev.coatcheck.prove.scenario;

import dev.coatcheck.prove.scenario.http.HttpFileReader;
import dev.coatcheck.prove.scenario.hurl.HurlReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Reads scenarios from files, each of them a conversation of its own.
 *
 * {@snippet :
 * List<Scenario> scenarios = ScenarioFiles.read(List.of(Path.of("login.hurl")), Set.of("password"));
 * }
 */
public final class ScenarioFiles {
    private static final int LIMIT = 8 << 20;

    private ScenarioFiles() {}

    /**
     * Reads each of the files.
     *
     * @param variables the names of the values that will be given when the scenarios are played
     * @throws InvalidScenarioException at the first thing that is wrong, with its line and column
     */
    public static List<Scenario> read(List<Path> files, Collection<String> variables) {
        List<Scenario> scenarios = new ArrayList<>();
        for (Path file : files) {
            scenarios.add(read(file, variables).scenario());
        }
        return scenarios;
    }

    /**
     * Reads one file.
     *
     * @param variables the names of the values that will be given when the scenario is played
     * @throws InvalidScenarioException at the first thing that is wrong, with its line and column
     */
    public static Reading read(Path file, Collection<String> variables) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".http") || name.endsWith(".rest")) {
            return HttpFileReader.read(file, text(file), variables);
        }
        if (name.endsWith(".hurl")) {
            return new Reading(HurlReader.read(file, text(file), variables), List.of());
        }
        throw new InvalidScenarioException(
                file.toString(),
                "is no kind of scenario that is known; expected a file NAME.hurl, NAME.http, or a recording NAME.har");
    }

    private static String text(Path file) {
        String source = file.toString();
        byte[] bytes;
        try (InputStream stream = Files.newInputStream(file)) {
            bytes = stream.readNBytes(LIMIT + 1);
        } catch (IOException e) {
            throw new InvalidScenarioException(source, "cannot be read: " + e);
        }
        if (bytes.length > LIMIT) {
            throw new InvalidScenarioException(
                    source, "is larger than 8 MiB; put large bodies into files beside it and write file,NAME;");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InvalidScenarioException(source, "is not UTF-8 text; put binary bodies into files beside it");
        }
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
