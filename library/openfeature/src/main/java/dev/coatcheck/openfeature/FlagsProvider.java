package dev.coatcheck.openfeature;

import dev.coatcheck.state.flags.Evaluation;
import dev.coatcheck.state.flags.FlagSnapshot;
import dev.coatcheck.state.flags.FlagValue;
import dev.coatcheck.state.flags.Flags;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.EventProvider;
import dev.openfeature.sdk.Metadata;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.Reason;
import dev.openfeature.sdk.Value;
import dev.openfeature.sdk.exceptions.GeneralError;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * The port for flags as a provider of OpenFeature: typed values, the targeting key for shares, attributes of the context
 * for rules ({@code true}, {@code 3}, or a text; lists and structures are not looked at).
 *
 * <p>What the provider says of itself: it is ready once the store was read. Where that takes longer than the patience it
 * was given, starting fails and every question gets its default; it becomes ready by itself when the store is there. Where
 * the store was silent for longer than {@code staleAfter}, it is stale, and answers with the last known flags. Changes are
 * {@code PROVIDER_CONFIGURATION_CHANGED} with the names of the flags.
 *
 * <p>Asking costs no round trip. An answer of the wrong type is the default, with {@code TYPE_MISMATCH}. Thread-safe. The
 * flags are the provider's from then on, which closes them at its shutdown.
 *
 * <pre>{@code
 * var provider = new FlagsProvider(redis.flags(FlagSettings.defaults()));
 * OpenFeatureAPI.getInstance().setProviderAndWait(provider);
 *
 * var client = OpenFeatureAPI.getInstance().getClient();
 * client.getBooleanValue("sepia", false, new ImmutableContext(userId, Map.of("plan", new Value("pro"))));
 * }</pre>
 */
public final class FlagsProvider extends EventProvider {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration STALE_AFTER = Duration.ofSeconds(30);
    private static final Metadata METADATA = () -> "coatcheck";

    private final Flags flags;
    private final Duration patience;
    private final Announcements announcements;

    @SuppressWarnings("ThreadLocalUsage") // a provider lives as long as its process, and pins snapshots of its own
    private final ThreadLocal<FlagSnapshot> pinned = new ThreadLocal<>();

    /** Waits five seconds for the store at the start, and says that it is stale after thirty. */
    public FlagsProvider(Flags flags) {
        this(flags, PATIENCE, STALE_AFTER);
    }

    /**
     * A provider that waits, and is stale, otherwise than by default.
     *
     * @param patience how long a start waits for the store
     * @param staleAfter how long the store may be silent before the provider says that it is stale
     */
    public FlagsProvider(Flags flags, Duration patience, Duration staleAfter) {
        this.flags = flags;
        this.patience = patience;
        this.announcements = new Announcements(this, flags, staleAfter);
    }

    @Override
    public Metadata getMetadata() {
        return METADATA;
    }

    @Override
    public void initialize(EvaluationContext context) throws InterruptedException {
        announcements.begin();
        if (!flags.awaitFirst(patience)) {
            announcements.startFailed();
            throw new GeneralError("the store of the flags was not reached within " + patience
                    + "; every flag is its default until it is");
        }
        announcements.started();
    }

    @Override
    public void shutdown() {
        announcements.end();
        flags.close();
        super.shutdown();
    }

    /**
     * Makes this thread see the flags as they are now until the end, so that a request does not change its mind on the way.
     *
     * <pre>{@code
     * try (var pin = provider.pin()) {
     *     chain.doFilter(request, response);
     * }
     * }</pre>
     */
    public Pin pin() {
        var outer = pinned.get();
        if (outer == null) {
            pinned.set(flags.snapshot());
        }
        return () -> {
            if (outer == null) {
                pinned.remove();
            }
        };
    }

    /** To be closed by the thread that pinned. */
    public interface Pin extends AutoCloseable {
        @Override
        void close();
    }

    @Override
    public ProviderEvaluation<Boolean> getBooleanEvaluation(String key, Boolean otherwise, EvaluationContext context) {
        return evaluate(key, otherwise, context, Typed::bool);
    }

    @Override
    public ProviderEvaluation<String> getStringEvaluation(String key, String otherwise, EvaluationContext context) {
        return evaluate(key, otherwise, context, Typed::text);
    }

    @Override
    public ProviderEvaluation<Integer> getIntegerEvaluation(String key, Integer otherwise, EvaluationContext context) {
        return evaluate(key, otherwise, context, Typed::integer);
    }

    @Override
    public ProviderEvaluation<Long> getLongEvaluation(String key, Long otherwise, EvaluationContext context) {
        return evaluate(key, otherwise, context, Typed::whole);
    }

    @Override
    public ProviderEvaluation<Double> getDoubleEvaluation(String key, Double otherwise, EvaluationContext context) {
        return evaluate(key, otherwise, context, Typed::real);
    }

    @Override
    public ProviderEvaluation<Value> getObjectEvaluation(String key, Value otherwise, EvaluationContext context) {
        return evaluate(key, otherwise, context, Typed::any);
    }

    private <T> ProviderEvaluation<T> evaluate(
            String key, T otherwise, EvaluationContext context, Function<FlagValue, Optional<T>> typed) {
        var now = pinned.get() == null ? flags.snapshot() : pinned.get();
        var evaluation = now.evaluate(key, Contexts.audience(context));
        if (evaluation.isEmpty()) {
            return now.version() < 0
                    ? error(otherwise, ErrorCode.PROVIDER_NOT_READY, "the store of the flags was not reached yet")
                    : error(otherwise, ErrorCode.FLAG_NOT_FOUND, "there is no such flag");
        }
        return evaluation
                .flatMap(found -> typed.apply(found.value()).map(value -> answer(value, found.reason())))
                .orElseGet(() -> error(otherwise, ErrorCode.TYPE_MISMATCH, "the flag is of another type"));
    }

    private static <T> ProviderEvaluation<T> answer(T value, Evaluation.Reason reason) {
        var why =
                switch (reason) {
                    case OTHERWISE -> Reason.DEFAULT;
                    case RULE -> Reason.TARGETING_MATCH;
                    case SHARE -> Reason.SPLIT;
                };
        return ProviderEvaluation.<T>builder()
                .value(value)
                .variant(String.valueOf(value))
                .reason(why.name())
                .build();
    }

    private static <T> ProviderEvaluation<T> error(T otherwise, ErrorCode code, String message) {
        return ProviderEvaluation.<T>builder()
                .value(otherwise)
                .reason(Reason.ERROR.name())
                .errorCode(code)
                .errorMessage(message)
                .build();
    }
}
