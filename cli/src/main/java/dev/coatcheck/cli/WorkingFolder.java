package dev.coatcheck.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** From where the paths of a command line count. */
record WorkingFolder(Path path) {
    Path resolve(Path typed) {
        return path.resolve(typed);
    }

    /** Programs that read a report look from where the command was started, not from what -C says. */
    String shown(Path typed) {
        Path here = Path.of("").toAbsolutePath();
        Path there = resolve(typed).normalize();
        String relative = there.startsWith(here) ? here.relativize(there).toString() : there.toString();
        return relative.isEmpty() ? "." : relative;
    }

    /** Makes a file there and deletes it: what takes minutes is not to fail for that at its end. */
    static void tryToWriteTo(Path folder) throws IOException {
        Files.delete(Files.createTempFile(folder, ".coatcheck", ".new"));
    }

    /** Why a file could not be read or written, in words. */
    static String why(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file";
            case FileAlreadyExistsException file -> file.getFile() + " is a file";
            case AccessDeniedException denied -> "not allowed for " + System.getProperty("user.name");
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> e.toString();
        };
    }
}
