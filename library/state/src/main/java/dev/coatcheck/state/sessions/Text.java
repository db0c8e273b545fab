package dev.coatcheck.state.sessions;

/** Refuses text that some store would change or refuse, so that all stores behave alike. */
final class Text {
    private Text() {}

    /** @param what names the text in the message, which does not show it */
    static void requireStorable(String what, String text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit == 0) {
                throw new IllegalArgumentException(what + " holds NUL, at index " + i);
            }
            if (Character.isSurrogate(unit)) {
                if (!Character.isHighSurrogate(unit)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw new IllegalArgumentException(
                            what + " is not Unicode text: half of a surrogate pair at index " + i);
                }
                i++;
            }
        }
    }
}
