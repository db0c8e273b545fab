package dev.coatcheck.prove.location.heap;

/** The types of values in a heap dump, by the numbers that the format gives them. */
final class HprofType {
    static final int OBJECT = 2;
    static final int CHAR = 5;
    static final int BYTE = 8;
    static final int INT = 10;
    static final int LONG = 11;

    private HprofType() {}

    static int size(int type, int idSize) {
        return switch (type) {
            case OBJECT -> idSize;
            case 4, BYTE -> 1; // boolean
            case CHAR, 9 -> 2; // short
            case 6, INT -> 4; // float
            case 7, LONG -> 8; // double
            default -> throw new IllegalArgumentException("a heap dump has no type " + type);
        };
    }
}
