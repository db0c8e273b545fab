package dev.coatcheck.process.logs;

import ch.qos.logback.classic.ClassicConstants;
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
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sets up Logback as {@link Logs} describes. Found by the {@code ServiceLoader}; nobody calls it. An application that
 * configures Logback itself is left alone: the module comes with others, such as the filters for sessions, to applications
 * that have chosen how they log.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogConfigurator extends ContextAwareBase implements Configurator {

    private static final List<String> FILES =
            List.of(ClassicConstants.TEST_AUTOCONFIG_FILE, ClassicConstants.AUTOCONFIG_FILE);

    /** For the {@code ServiceLoader}. */
    public LogConfigurator() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (isConfiguredByApplication()) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
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

    /** By what Logback itself looks for. */
    private static boolean isConfiguredByApplication() {
        var classPath = LogConfigurator.class.getClassLoader();
        return System.getProperty(ClassicConstants.CONFIG_FILE_PROPERTY) != null
                || FILES.stream().anyMatch(file -> classPath.getResource(file) != null);
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
