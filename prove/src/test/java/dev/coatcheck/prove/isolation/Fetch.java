package dev.coatcheck.prove.isolation;

import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A program that prints what each of some pages has. */
final class Fetch {
    private Fetch() {}

    public static void main(String[] arguments) throws Exception {
        for (String page : arguments) {
            try (InputStream body = URI.create(page).toURL().openStream()) {
                System.out.println(new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }
}
