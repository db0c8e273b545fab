package dev.coatcheck.prove.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The faces of a report that are files. */
public final class ReportFiles {
    private ReportFiles() {}

    /**
     * Writes {@code report.html}, {@code report.json}, {@code junit.xml} and {@code report.sarif} into a folder, which is
     * made where it is missing. Each file is replaced in one step: a reader sees the old one or the new one, never half.
     * Other files in the folder stay.
     *
     * @return the files, {@code report.html} first
     * @throws IOException if the folder cannot be made or written to; files that were replaced before stay
     */
    public static List<Path> write(Path folder, Report report) throws IOException {
        Map<String, String> faces = new LinkedHashMap<>();
        faces.put("report.html", HtmlFace.text(report));
        faces.put("report.json", JsonFace.text(report));
        faces.put("junit.xml", JUnitFace.text(report));
        faces.put("report.sarif", SarifFace.text(report));
        Files.createDirectories(folder);
        List<Path> written = new ArrayList<>();
        for (Map.Entry<String, String> face : faces.entrySet()) {
            written.add(replace(folder, face.getKey(), face.getValue()));
        }
        return List.copyOf(written);
    }

    private static Path replace(Path folder, String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Path fresh = folder.resolve("." + name + "." + ProcessHandle.current().pid() + ".new");
        try {
            Files.write(fresh, text.getBytes(StandardCharsets.UTF_8));
            return Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }
}
