package dev.coatcheck.s3;

import static java.lang.System.Logger.Level.DEBUG;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.uploads.Chunk;
import dev.coatcheck.state.uploads.UploadId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Bytes of uploads in objects of their own: what is too short for a part, and what is never to be a blob by itself. */
record Pieces(Bucket bucket) {
    static final String TYPE = "application/octet-stream";

    private static final System.Logger LOG = System.getLogger(Pieces.class.getName());

    void put(UploadId id, String name, Chunk chunk) {
        var md5 = md5(chunk);
        bucket.ask(
                "store a chunk of an upload",
                client -> client.putObject(
                        put -> put.bucket(bucket.name())
                                .key(UploadNames.piece(id, name))
                                .contentMD5(md5),
                        body(chunk)));
    }

    static RequestBody body(Chunk chunk) {
        return RequestBody.fromContentProvider(chunk::stream, chunk.length(), TYPE);
    }

    /** As every store that speaks S3 checks it. */
    static String md5(Chunk chunk) {
        var md5 = Digests.begin("MD5");
        var buffer = new byte[1 << 14];
        try (var content = chunk.stream()) {
            for (int count = content.read(buffer); count > 0; count = content.read(buffer)) {
                md5.update(buffer, 0, count);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory does not fail", e);
        }
        return Base64.getEncoder().encodeToString(md5.digest());
    }

    /**
     * The first bytes of a piece.
     *
     * @return empty where it is not there
     */
    Optional<byte[]> read(UploadId id, String name, int length) {
        return bucket.ask("read a chunk of an upload", client -> {
            try (var content = client.getObject(get ->
                    get.bucket(bucket.name()).key(UploadNames.piece(id, name)).range("bytes=0-" + (length - 1)))) {
                return Optional.of(exactly(content, length));
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            } catch (IOException e) {
                throw SdkClientException.create("a chunk of an upload broke off", e);
            }
        });
    }

    /**
     * How a piece begins, and which it is.
     *
     * @param head its first bytes, in hexadecimal
     */
    record Beginning(String head, long size, String etag) {}

    /** The first bytes of a piece that may have fewer. */
    Optional<Beginning> look(UploadId id, String name, int most) {
        return bucket.ask("look at a chunk of an upload", client -> {
            try (var content = client.getObject(get ->
                    get.bucket(bucket.name()).key(UploadNames.piece(id, name)).range("bytes=0-" + (most - 1)))) {
                var response = content.response();
                return Optional.of(new Beginning(
                        HexFormat.of().formatHex(content.readNBytes(most)),
                        ObjectReader.size(response, 0),
                        response.eTag()));
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            } catch (S3Exception e) {
                if (e.statusCode() == ObjectReader.RANGE_NOT_SATISFIABLE) {
                    return Optional.of(new Beginning("", 0, ""));
                }
                throw e;
            } catch (IOException e) {
                throw SdkClientException.create("a chunk of an upload broke off", e);
            }
        });
    }

    private static byte[] exactly(InputStream content, int length) throws IOException {
        var bytes = new byte[length];
        int count = content.readNBytes(bytes, 0, length);
        if (count < length) {
            throw new IOException("it has %d bytes instead of %d".formatted(count, length));
        }
        return bytes;
    }

    /** Deletes what nobody refers to any more. Where the store cannot be told, it is left for whoever sweeps. */
    void tryToDelete(UploadId id, Collection<String> names) {
        try {
            for (var name : names) {
                delete(UploadNames.piece(id, name));
            }
        } catch (BackingServiceException e) {
            LOG.log(DEBUG, "left to be swept", e);
        }
    }

    void delete(String key) {
        bucket.ask(
                "delete a chunk of an upload",
                client -> client.deleteObject(
                        delete -> delete.bucket(bucket.name()).key(key)));
    }
}
