package dev.coatcheck.junit;

import dev.coatcheck.prove.Proof;
import dev.coatcheck.prove.ProofSettings;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.record.RecordingSession;
import dev.coatcheck.prove.report.Progress;
import dev.coatcheck.prove.report.Report;
import dev.coatcheck.prove.report.ReportFiles;
import dev.coatcheck.prove.report.Screen;
import dev.coatcheck.prove.report.TerminalFace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Starts the application behind a recorder for each test, and proves from what was recorded. */
final class ProveStatelessExtension
        implements BeforeEachCallback, AfterTestExecutionCallback, AfterEachCallback, ParameterResolver {
    /** Of a test that has several, as of one with parameters. */
    private static final Pattern INVOCATION = Pattern.compile("-invocation:#(\\d+)]$");

    private static final Namespace OURS = Namespace.create(ProveStatelessExtension.class);

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        SubjectUnderProof subject = SubjectUnderProof.of(annotation(context));
        try {
            context.getStore(OURS).put(RecordingSession.class, RecordingSession.open(subject.lab(), 0));
        } catch (InconclusiveException e) {
            throw new AssertionError("the application was not started: " + e.reason(), e);
        }
    }

    private static ProveStateless annotation(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getRequiredTestMethod(), ProveStateless.class)
                .or(() -> ofClasses(context.getRequiredTestClass()))
                .orElseThrow(
                        () -> new ExtensionConfigurationException(
                                "write @ProveStateless on the test or its class; the extension alone does not know the application"));
    }

    /** That of the class, or of the one around it: a nested test is one of its outer class as well. */
    private static Optional<ProveStateless> ofClasses(Class<?> test) {
        for (Class<?> type = test; type != null; type = type.getEnclosingClass()) {
            Optional<ProveStateless> found = AnnotationSupport.findAnnotation(type, ProveStateless.class);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** What the methods behind the test send, as to clean up, is none of what it does. */
    @Override
    public void afterTestExecution(ExtensionContext context) throws IOException {
        if (context.getExecutionException().isPresent()) {
            return;
        }
        RecordingSession session = session(context);
        if (session.recorder().size() == 0) {
            throw new AssertionError("the test sent no request to " + session.address()
                    + ", so there is nothing to prove; give it the address by a parameter @BaseUrl URI");
        }
        Path folder = folder(context);
        Path recording = folder.resolve(context.getRequiredTestMethod().getName() + ".har");
        session.recorder().write(recording);
        context.getStore(OURS).put(Path.class, recording);
    }

    private static Path folder(ExtensionContext context) throws IOException {
        String report = annotation(context).report();
        return report.isEmpty()
                ? Files.createTempDirectory("coatcheck-junit")
                : Files.createDirectories(Path.of(report, name(context)));
    }

    private static Report prove(ProveStateless annotation, Path recording) throws IOException, InterruptedException {
        SubjectUnderProof subject = SubjectUnderProof.of(annotation);
        ProofSettings.Source source = ProofSettings.Source.read(recording, recording.toString(), Set.of());
        return Proof.of(subject.proof(source), Progress.silent());
    }

    /** Of its own for each test, and for each invocation of one that has several. */
    private static String name(ExtensionContext context) {
        Class<?> type = context.getRequiredTestClass();
        Matcher invocation = INVOCATION.matcher(context.getUniqueId());
        return type.getName() + "." + context.getRequiredTestMethod().getName()
                + (invocation.find() ? "." + invocation.group(1) : "");
    }

    /** Only here have all methods of the test's own run that may still need the application. */
    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        RecordingSession session = context.getStore(OURS).get(RecordingSession.class, RecordingSession.class);
        if (session != null) {
            // Null where the test was never reached: a method before it, or a parameter, has failed.
            session.close();
        }
        Path recording = context.getStore(OURS).get(Path.class, Path.class);
        if (recording == null) {
            return;
        }
        boolean stateless = false;
        try {
            stateless = context.getExecutionException().isPresent() || isProved(annotation(context), recording);
        } finally {
            if (stateless && annotation(context).report().isEmpty()) {
                Files.deleteIfExists(recording);
                Files.deleteIfExists(recording.resolveSibling(""));
            }
        }
    }

    private static boolean isProved(ProveStateless annotation, Path recording)
            throws IOException, InterruptedException {
        Report report = prove(annotation, recording);
        if (!annotation.report().isEmpty()) {
            ReportFiles.write(recording.resolveSibling(""), report);
        }
        if (report.exitStatus() != 0) {
            throw new AssertionError(System.lineSeparator() + TerminalFace.text(report, Screen.plain()));
        }
        return true;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return parameter.isAnnotated(BaseUrl.class) && (type == URI.class || type == String.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        URI address = session(context).address();
        return parameter.getParameter().getType() == URI.class ? address : address.toString();
    }

    private static RecordingSession session(ExtensionContext context) {
        return Objects.requireNonNull(
                context.getStore(OURS).get(RecordingSession.class, RecordingSession.class),
                "a parameter @BaseUrl is for tests and methods that run before each of them");
    }
}
