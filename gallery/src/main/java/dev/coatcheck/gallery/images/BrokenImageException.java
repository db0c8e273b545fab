package dev.coatcheck.gallery.images;

/** The image cannot be decoded, and never will be: trying again is of no use. */
public final class BrokenImageException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenImageException(String message) {
        super(message);
    }

    BrokenImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
