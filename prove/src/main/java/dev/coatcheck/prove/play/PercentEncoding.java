package dev.coatcheck.prove.play;

import java.nio.charset.StandardCharsets;

/** Makes of what a person typed, or an application answered, a target that may stand in a request line. */
final class PercentEncoding {
    private static final String ALLOWED = "-._~:/?#[]@!$&'()*+,;=%";

    private PercentEncoding() {}

    /** Encodes what no URL holds: blanks, controls, letters beyond ASCII. What is encoded already stays. */
    static String ofTarget(String text) {
        StringBuilder target = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || ALLOWED.indexOf(c) >= 0)) {
                target.append(c);
            } else {
                target.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return target.toString();
    }
}
