package dev.coatcheck.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do in place of a stack trace. */
final class SessionsUrlFailureAnalyzer extends AbstractFailureAnalyzer<SessionsUrlException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SessionsUrlException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                "Name the backing service that keeps the sessions, for example with"
                        + " coatcheck.sessions.url=${REDIS_URL} in application.properties, or COATCHECK_SESSIONS_URL in the"
                        + " environment. PostgreSQL and Memcached need dev.coatcheck:coatcheck-postgres or"
                        + " dev.coatcheck:coatcheck-memcached beside this artifact.",
                cause);
    }
}
