package dev.coatcheck.host.service;

import dev.coatcheck.host.process.Signal;
import java.io.IOException;
import java.io.StringWriter;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * An object store on 127.0.0.1 that speaks S3, for development: S3Proxy over plain files in {@code home/data}, in a JVM of
 * its own. Every request must be signed (Signature V4) with a key that is made at the first start; browsers of any origin
 * may send what was signed for them.
 *
 * <p>Objects outlive a stop and a kill; nothing waits for the disk, so a power cut may cost the newest ones, whatever the
 * settings say of durability. Being files, {@code a} and {@code a/b} cannot both be objects, a part of a key between
 * slashes has 255 bytes at most, and user metadata needs a file system with extended attributes. Bodies are streamed; one
 * whose SHA-256 was signed as a whole, instead of in chunks, is read into memory first and may have 32 MiB.
 *
 * <p>The first start unpacks the jars (once for each user); a start takes a second or two.
 *
 * <pre>{@code
 * try (S3Server server = S3Server.start(ServerSettings.at(Path.of(".coatcheck/s3")))) {
 *     use(server.url(), server.accessKeyId(), server.secretAccessKey(), server.bucket());
 * }
 * }</pre>
 */
public final class S3Server extends LocalServer {
    private static final String NAME = "S3Proxy";
    private static final String PROGRAM = "java";

    /** Of the form of Amazon's, since some clients look at it. */
    private static final String ACCESS_KEY_ID = "COATCHECKDEVELOPMENT";

    private static final String REGION = "us-east-1";
    private static final String BUCKET = "app";
    private static final int HEAP_MIB = 256;
    private static final int WHOLE_BODY_BYTES = 32 << 20;
    private static final int PROBE_TIMEOUT_MILLIS = 5_000;

    private final PackagedServers.S3Proxy s3Proxy;
    private final String secret;

    private S3Server(ServerSettings settings, ServerHome home, PackagedServers.S3Proxy s3Proxy) throws IOException {
        super(NAME, settings, home);
        this.s3Proxy = s3Proxy;
        this.secret = home.password();
    }

    /**
     * Starts a server in its home, makes its bucket and waits until it answers.
     *
     * @throws ServerStartException if it does not come up, or if another server uses this home
     */
    public static S3Server start(ServerSettings settings) {
        return started(
                NAME,
                settings,
                home -> new S3Server(settings, home, new PackagedServers(BinaryCache.ofThisUser()).s3Proxy()));
    }

    /** The endpoint, without credentials. An address instead of a name, so that clients put the bucket into the path. */
    @Override
    public String url() {
        return "http://127.0.0.1:" + settings.tcpPort();
    }

    public String accessKeyId() {
        return ACCESS_KEY_ID;
    }

    /** Random, made at the first start, kept in a file that only its owner may read. */
    public String secretAccessKey() {
        return secret;
    }

    /** What clients have to name; the server does not mind which. */
    public String region() {
        return REGION;
    }

    /** The bucket that is there from the start. */
    public String bucket() {
        return BUCKET;
    }

    /**
     * Makes an empty bucket, unless there is one of this name, and tells its name.
     *
     * @param name lower-case letters, digits and {@code -}
     */
    public String createBucketIfMissing(String name) {
        if (!name.matches("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")) {
            throw new IllegalArgumentException("not a name for a bucket: '" + name + "'");
        }
        try {
            Files.createDirectories(home.data().resolve(name));
            return name;
        } catch (IOException e) {
            throw new IllegalStateException("cannot create the bucket " + name + " in " + home.data(), e);
        }
    }

    @Override
    void launch() throws IOException {
        process.endStrays(PROGRAM, home.folder());
        Files.createDirectories(home.data().resolve(BUCKET));
        Path configuration = home.writeSecretly("s3proxy.properties", configuration());
        process.start(serverCommand(configuration), settings.tcpPort(), this::answers);
        told(s3Proxy.version());
    }

    /** It keeps nothing in memory of what lies there, and takes its time to start. */
    @Override
    void empty() throws IOException {
        try (Stream<Path> buckets = Files.list(home.data())) {
            for (Path bucket : buckets.toList()) {
                FileTree.delete(bucket);
            }
        }
        Files.createDirectories(home.data().resolve(BUCKET));
    }

    @Override
    Signal stopSignal() {
        return Signal.TERM;
    }

    private String configuration() throws IOException {
        Properties properties = new Properties();
        properties.setProperty("s3proxy.endpoint", url());
        properties.setProperty("s3proxy.authorization", "aws-v4");
        properties.setProperty("s3proxy.identity", ACCESS_KEY_ID);
        properties.setProperty("s3proxy.credential", secret);
        properties.setProperty("s3proxy.cors-allow-all", "true");
        properties.setProperty("s3proxy.v4-max-non-chunked-request-size", Integer.toString(WHOLE_BODY_BYTES));
        properties.setProperty("jclouds.provider", "filesystem-nio2");
        properties.setProperty("jclouds.filesystem.basedir", home.data().toString());
        StringWriter text = new StringWriter();
        properties.store(text, null);
        return text.toString();
    }

    private List<String> serverCommand(Path configuration) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", PROGRAM).toString(),
                "-Xmx" + HEAP_MIB + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // What runs out of memory must not linger half alive: it is started again.
                "-XX:+ExitOnOutOfMemoryError",
                // It takes standard error for itself and logs it, so that a log on standard error would feed itself.
                "-Dorg.slf4j.simpleLogger.logFile=System.out",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                s3Proxy.jars() + "/*",
                "org.gaul.s3proxy.Main",
                "--properties",
                configuration.toString());
    }

    /** Who does not sign is refused, in XML of S3's own. */
    private boolean answers() {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url()).toURL().openConnection();
            connection.setConnectTimeout(PROBE_TIMEOUT_MILLIS);
            connection.setReadTimeout(PROBE_TIMEOUT_MILLIS);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_FORBIDDEN;
            } finally {
                connection.disconnect();
            }
        } catch (IOException e) {
            return false; // not listening yet
        }
    }
}
