package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.http.ApiException;
import dev.coatcheck.gallery.images.ImageHeader;
import dev.coatcheck.gallery.images.ImageType;
import java.io.IOException;
import java.io.InputStream;

/** What may become a photo, however it comes. */
public record PhotoRules(int maxMegabytes) {

    long maxBytes() {
        return maxMegabytes * 1_000_000L;
    }

    /**
     * What an image says of itself, looked at before anything of it is decoded.
     *
     * @param content from its first byte; at most {@link ImageHeader#MAX_BYTES} are read
     * @throws ApiException 415 where it is no image that is taken, 413 where it has too many pixels
     */
    static ImageHeader require(InputStream content) throws IOException {
        var header = ImageHeader.read(content).orElseThrow(PhotoRules::notAnImage);
        if (!header.isDecodable()) {
            throw new ApiException(
                    413,
                    "too_many_pixels",
                    "The image has %d megapixels; at most %d are possible for this type, and at most %d pixels along a side."
                            .formatted(header.megapixels(), header.type().maxMegapixels(), ImageType.MAX_SIDE));
        }
        return header;
    }

    static ApiException notAnImage() {
        return new ApiException(415, "not_an_image", "Only JPEG, PNG, GIF and WebP images can be uploaded.");
    }

    ApiException tooLarge() {
        return new ApiException(413, "photo_too_large", "The photo is larger than " + maxMegabytes + " MB.");
    }
}
