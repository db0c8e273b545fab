package dev.coatcheck.prove.check;

/** Numbers as they are counted: {@code 2nd}. */
final class Ordinal {
    private Ordinal() {}

    static String of(int number) {
        boolean teen = number / 10 % 10 == 1;
        return number
                + switch (teen ? 0 : number % 10) {
                    case 1 -> "st";
                    case 2 -> "nd";
                    case 3 -> "rd";
                    default -> "th";
                };
    }
}
