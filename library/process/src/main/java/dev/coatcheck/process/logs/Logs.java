package dev.coatcheck.process.logs;

/**
 * What a process logs. Programs write with SLF4J 2; key-values of its fluent interface and everything in the MDC become
 * fields of their own:
 *
 * <pre>{@code
 * MDC.put(Logs.REQUEST_ID, id);
 * try {
 *     log.atInfo().addKeyValue("photo", photo.id()).addKeyValue("millis", 12).log("Stored a photo");
 * } finally {
 *     MDC.remove(Logs.REQUEST_ID);
 * }
 * }</pre>
 *
 * gives, in one line:
 *
 * <pre>{@code
 * {"time":"2026-11-21T09:30:00.125Z","level":"INFO","logger":"dev.coatcheck.gallery.Photos","message":"Stored a photo",
 *  "instance":"web.2","requestId":"5f2c…","photo":"7d41…","millis":12}
 * }</pre>
 *
 * <p>An exception is the field {@code error}: the whole stack trace as one text. A field of the program's that is named like
 * one of these gets an underscore behind it. Nothing in a message can break out of its line: newlines and control
 * characters are escaped. A line has at most 16 KiB; what is longer is cut in its middle and says so.
 *
 * <p>Variables: {@code LOG_LEVEL} is {@code trace}, {@code debug}, {@code info} (the default), {@code warn}, {@code error} or
 * {@code off}, and may go on with loggers of their own: {@code info,org.eclipse.jetty=debug}. {@code LOG_FORMAT} is
 * {@code json} or {@code pretty}; without it lines are {@code pretty} where standard output is a terminal. {@code NO_COLOR}
 * turns the colours off. The instance is {@link dev.coatcheck.process.Instance#name()}.
 *
 * <p>None of this holds for an application with a {@code logback.xml} (or {@code logback-test.xml}) on its class path, or with
 * {@code -Dlogback.configurationFile}: that is then all that configures Logback, and
 * {@code java.util.logging}, through which the library tells of itself, is handed on only where the application does that
 * ({@code SLF4JBridgeHandler.install()}). One with another provider of SLF4J leaves out
 * {@code ch.qos.logback:logback-classic}.
 *
 * <p>A line is written before the call that logs it returns, so none is lost when the process dies; where nobody reads
 * standard output, the process waits.
 */
public final class Logs {
    /** The MDC key that ties the lines of one request together. */
    public static final String REQUEST_ID = "requestId";

    private Logs() {}
}
