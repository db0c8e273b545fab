package dev.coatcheck.azure;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.PresignedBlobs;
import java.net.HttpURLConnection;
import java.util.Map;

/**
 * An attached container of Azure Blob Storage. What it holds is as durable as the store.
 *
 * <p>A blob is a block blob under its own key, so that other programs read it as it is. Its SHA-256 and its metadata are one
 * entry of the blob's metadata, {@code coatcheck}.
 *
 * <p>Nothing here waits without a limit: a store that is dead, hangs, or cannot be reached is a
 * {@link BackingServiceException} after the time-outs of {@link AzureSettings}, and everything goes on by itself when the
 * store is back. A process that dies while it stores a blob of many blocks leaves them in the store, unseen; the store ends
 * them after a week.
 *
 * <p>Requests are signed with the key of the storage account; identities of Microsoft Entra are not spoken yet. A container
 * that is not there is a {@code BackingServiceException} too. Accounts with a hierarchical namespace (Data Lake Storage) are
 * not supported: their directories are blobs to who lists, looks and deletes.
 *
 * <p>Thread-safe. {@link #close()} ends the connections. There may be as many as there are requests; those that are idle are
 * kept for 30 seconds ({@code -Djdk.httpclient.keepalive.timeout} says otherwise).
 *
 * <pre>{@code
 * try (var azure = Azure.attach(System.getenv())) {
 *     var photos = azure.blobs();
 *     serve(photos);
 * }
 * }</pre>
 */
public final class Azure implements AutoCloseable {
    private final Container container;
    private final AzureSettings settings;

    private Azure(AzureUrl url, AzureSettings settings) {
        this.container = new Container(url, settings);
        this.settings = settings;
    }

    /** Attaches with default settings: see {@link #attach(String, AzureSettings)}. */
    public static Azure attach(String url) {
        return attach(url, AzureSettings.defaults());
    }

    /**
     * Attaches a container. Does not connect yet, so it may come up later than this process.
     *
     * @param url {@code https://account:key@account.blob.core.windows.net/container}, the key percent-encoded; where the
     *     account is not part of the host's name, as on Azurite, {@code http://account:key@host:port/account/container}
     * @throws IllegalArgumentException where it is no such URL, with the reason, and without the key
     */
    public static Azure attach(String url, AzureSettings settings) {
        return new Azure(AzureUrl.parse(url), settings);
    }

    /** Attaches with default settings: see {@link #attach(Map, AzureSettings)}. */
    public static Azure attach(Map<String, String> environment) {
        return attach(environment, AzureSettings.defaults());
    }

    /**
     * Attaches the container that environment variables name: {@code AZURE_STORAGE_CONNECTION_STRING}, as Azure's own programs
     * read it, with {@code AccountName} and {@code AccountKey}, and {@code AZURE_STORAGE_CONTAINER}. Does not connect yet.
     *
     * @throws IllegalArgumentException where one is missing or wrong, with its name, and without the key
     */
    public static Azure attach(Map<String, String> environment, AzureSettings settings) {
        return new Azure(AzureUrl.of(environment), settings);
    }

    /**
     * Blobs, as block blobs. Storing what is smaller than {@linkplain AzureSettings#blockBytes() a block} is one round trip,
     * what is larger one for each block, and one ({@link dev.coatcheck.state.blobs.PutOptions#onlyIfAbsent()} one more);
     * reading is one, with an ETag one more where the bytes are other ones; deleting one.
     *
     * <p>Each request carries an MD5 that the store checks, and every blob that is {@linkplain Blobs#put stored here} has its
     * SHA-256. That of a blob that came by {@linkplain #presignedBlobs() leave} or from another program was checked by nobody.
     *
     * <p>Of two who store a blob of many blocks under one key at the same time, only the first to finish does: with that the
     * store gives up the other's blocks, who is told so by a {@link BackingServiceException}. Azure takes no key of more than
     * 254 parts, and asks to have none with a part that ends with a dot. A blob of which somebody made a snapshot is not
     * deleted: the store refuses, and so it is an exception.
     *
     * <p>While a blob is read it holds a connection: a store may give up on who pauses for long, and then the stream fails.
     */
    public Blobs blobs() {
        return new AzureBlobs(container, settings);
    }

    /**
     * Leave to fetch and store blobs directly at the store, as shared access signatures. They are signed for the endpoint that
     * was attached.
     *
     * <p>Leave to store is for one key and for a time, and either for a blob that is not there yet or for any. <b>Nothing else
     * of the request is signed</b>, since Azure cannot be told: whoever has the URL may store other bytes of another type, as
     * many as Azure's largest blob has (190 TiB, in blocks), may write down any metadata, and may throw away the blocks of
     * whoever else is storing under that key. So the length, the type, the metadata <b>and the SHA-256</b> that
     * {@link Blobs#stat} tells of such a blob are the sender's own words, {@link dev.coatcheck.state.blobs.BlobCapability#CHECKSUMS}
     * or not: read the bytes before it is used. A SHA-256 that is to be checked is an {@link UnsupportedOperationException}.
     */
    public PresignedBlobs presignedBlobs() {
        return new AzurePresignedBlobs(container.url());
    }

    /**
     * Asks the store for the container: one round trip.
     *
     * @throws BackingServiceException where there is no answer in time, no such container, or no access to it
     */
    public void ping() {
        container.ask("ping", Call.container("HEAD"), answer -> answer.require(HttpURLConnection.HTTP_OK));
    }

    /** Ends the connections; requests under way are cut. */
    @Override
    public void close() {
        container.close();
    }

    /** The resource, without credentials. */
    @Override
    public String toString() {
        return container.toString();
    }
}
