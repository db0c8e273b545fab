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
import dev.coatcheck.prove.report.Verdict;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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
                .or(() -> AnnotationSupport.findAnnotation(context.getRequiredTestClass(), ProveStateless.class))
                .orElseThrow(
                        () -> new ExtensionConfigurationException(
                                "write @ProveStateless on the test or its class; the extension alone does not know the application"));
    }

    @Override
    public void afterTestExecution(ExtensionContext context) throws Exception {
        RecordingSession session = session(context);
        session.close();
        if (context.getExecutionException().isPresent()) {
            return;
        }
        ProveStateless annotation = annotation(context);
        Optional<Path> reports = annotation.report().isEmpty()
                ? Optional.empty()
                : Optional.of(Path.of(annotation.report(), name(context)));
        Path folder = reports.isPresent()
                ? Files.createDirectories(reports.get())
                : Files.createTempDirectory("coatcheck-junit");
        Path recording = folder.resolve(context.getRequiredTestMethod().getName() + ".har");
        try {
            if (session.recorder().size() == 0) {
                throw new AssertionError("the test sent no request to " + session.address()
                        + ", so there is nothing to prove; give it the address by a parameter @BaseUrl URI");
            }
            session.recorder().write(recording);
            Report report = prove(annotation, recording);
            if (reports.isPresent()) {
                ReportFiles.write(folder, report);
            }
            if (report.verdict() != Verdict.STATELESS) {
                throw new AssertionError(System.lineSeparator() + TerminalFace.text(report, Screen.plain()));
            }
        } finally {
            if (reports.isEmpty()) {
                Files.deleteIfExists(recording);
                Files.delete(folder);
            }
        }
    }

    private static Report prove(ProveStateless annotation, Path recording) throws IOException, InterruptedException {
        SubjectUnderProof subject = SubjectUnderProof.of(annotation);
        ProofSettings.Source source = ProofSettings.Source.read(recording, recording.toString(), Set.of());
        return Proof.of(subject.proof(source), Progress.silent());
    }

    private static String name(ExtensionContext context) {
        return context.getRequiredTestClass().getSimpleName() + "."
                + context.getRequiredTestMethod().getName();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        // Where the test was never reached: a method before it, or a parameter, has failed.
        RecordingSession session = context.getStore(OURS).get(RecordingSession.class, RecordingSession.class);
        if (session != null) {
            session.close();
        }
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
