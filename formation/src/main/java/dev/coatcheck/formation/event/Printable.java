package dev.coatcheck.formation.event;

/** Keeps what came from outside from acting on the terminal. */
final class Printable {
    private Printable() {}

    /** With every control character as an escape. */
    static String text(String text) {
        if (text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        StringBuilder printable = new StringBuilder();
        text.chars().forEach(c -> {
            if (Character.isISOControl(c)) {
                printable.append("\\x%02x".formatted(c));
            } else {
                printable.append((char) c);
            }
        });
        return printable.toString();
    }
}
