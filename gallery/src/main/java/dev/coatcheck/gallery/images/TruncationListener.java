package dev.coatcheck.gallery.images;

import java.util.Locale;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;

/** Notices a JPEG that ends before its image does: decoders fill the rest with gray, and only warn. */
final class TruncationListener implements IIOReadWarningListener {
    private boolean heard;

    boolean heard() {
        return heard;
    }

    @Override
    public void warningOccurred(ImageReader source, String warning) {
        heard |= warning.toLowerCase(Locale.ROOT).contains("premature end");
    }
}
