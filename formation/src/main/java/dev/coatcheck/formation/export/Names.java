package dev.coatcheck.formation.export;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;

/**
 * Names that every engine takes: DNS labels of RFC 1035, so lower-case letters, digits and hyphens, a letter first. What had
 * to be cut, or would be the same as a name before it, gets a part of its own digest at its end, so that the same Procfile
 * always gives the same names.
 */
final class Names {
    private static final int DIGEST = 5;

    private final int most;
    private final Set<String> taken = new HashSet<>();

    /** @param most how many characters a name may have */
    Names(int most) {
        this.most = most;
    }

    /** A name that none had before. */
    String claim(String wanted) {
        String label = label(wanted, "app");
        String name = label.length() > most ? marked(label, wanted) : label;
        if (!taken.add(name)) {
            name = marked(label, wanted);
            taken.add(name);
        }
        return name;
    }

    private String marked(String label, String wanted) {
        String start = label.substring(0, Math.min(label.length(), most - DIGEST - 1));
        return start.replaceAll("-+$", "") + "-" + digest(wanted).substring(0, DIGEST);
    }

    private static String label(String wanted, String otherwise) {
        String label = Normalizer.normalize(wanted, Normalizer.Form.NFKD)
                .replaceAll("\\p{M}+", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "-")
                .replaceAll("^-+|-+$", "");
        if (label.isEmpty()) {
            return otherwise;
        }
        return Character.isDigit(label.charAt(0)) ? otherwise + "-" + label : label;
    }

    /** SHA-256 as hexadecimal digits. */
    static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
