package dev.coatcheck.process.logs;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.jul.LevelChangePropagator;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.coatcheck.process.Instance;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sets up Logback as {@link Logs} describes. Found by the {@code ServiceLoader}; nobody calls it. It comes before any
 * {@code logback.xml}, which is not read: what a process logs is decided by its environment.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogConfigurator extends ContextAwareBase implements Configurator {

    /** For the {@code ServiceLoader}. */
    public LogConfigurator() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        var settings = LogSettings.from(System.getenv(), Terminal.isStandardOutput());
        bridgeJavaUtilLogging(context);
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setName("standard output");
        appender.setContext(context);
        appender.setEncoder(encoder(settings, context));
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        settings.levels().forEach((logger, level) -> context.getLogger(logger).setLevel(level));
        settings.complaints().forEach(context.getLogger(LogConfigurator.class)::warn);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    private static Encoder<ILoggingEvent> encoder(LogSettings settings, LoggerContext context) {
        var layout = settings.pretty() ? new PrettyLayout(settings.colours()) : new JsonLayout(Instance.name());
        layout.setContext(context);
        layout.start();
        var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        encoder.start();
        return encoder;
    }

    private static void bridgeJavaUtilLogging(LoggerContext context) {
        // Hands our levels to java.util.logging, so that what is not logged costs nothing there either.
        var levels = new LevelChangePropagator();
        levels.setContext(context);
        levels.setResetJUL(true);
        levels.start();
        context.addListener(levels);
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }
}
