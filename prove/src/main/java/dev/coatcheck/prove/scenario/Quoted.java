package dev.coatcheck.prove.scenario;

/** Text in quotes, as a scenario writes it. */
final class Quoted {
    private Quoted() {}

    static String of(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }
}
