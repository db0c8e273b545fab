package dev.coatcheck.formation.event;

/** The few colours in use, as a terminal takes them; or none. */
enum Colours {
    NONE(false),
    ANSI(true);

    private static final String[] OF_SUBJECTS = {"36", "32", "35", "34", "33", "96", "92", "95", "94", "93"};

    private final boolean shown;

    Colours(boolean shown) {
        this.shown = shown;
    }

    String faint(String text) {
        return in("2", text);
    }

    String red(String text) {
        return in("31", text);
    }

    String yellow(String text) {
        return in("33", text);
    }

    String green(String text) {
        return in("32", text);
    }

    String bold(String text) {
        return in("1", text);
    }

    /** Always the same colour for the same number. */
    String numbered(int number, String text) {
        return in(OF_SUBJECTS[Math.floorMod(number, OF_SUBJECTS.length)], text);
    }

    private String in(String code, String text) {
        return shown ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
