package dev.coatcheck.openfeature;

import dev.openfeature.sdk.FeatureProvider;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The provider that the configuration names: another may serve the flags in one environment than in the next, without a
 * change in the code.
 *
 * <p>{@value #VARIABLE} holds the name of a provider's class, which has a public constructor without parameters and reads
 * its own configuration from the environment, as flagd's does: with {@code FLAGD_RESOLVER=file} and
 * {@code FLAGD_OFFLINE_FLAG_SOURCE_PATH=flags.json} it reads a file. Its library is on the class path.
 *
 * <pre>{@code
 * var provider = ConfiguredProvider.of(System.getenv(), () -> new FlagsProvider(redis.flags(FlagSettings.defaults())));
 * OpenFeatureAPI.getInstance().setProviderAndWait(provider);
 * }</pre>
 */
public final class ConfiguredProvider {

    /** The environment variable that names a class. */
    public static final String VARIABLE = "FLAGS_PROVIDER";

    private ConfiguredProvider() {}

    /**
     * Makes the provider.
     *
     * @param otherwise makes the one for where none is named
     * @throws IllegalArgumentException where what is named is no provider, or cannot be made; the message says why
     */
    public static FeatureProvider of(Map<String, String> environment, Supplier<? extends FeatureProvider> otherwise) {
        var name = environment.getOrDefault(VARIABLE, "").strip();
        if (name.isEmpty()) {
            return otherwise.get();
        }
        try {
            var type = Class.forName(name, true, ConfiguredProvider.class.getClassLoader());
            if (!FeatureProvider.class.isAssignableFrom(type)) {
                throw new IllegalArgumentException("%s names %s, which is no provider of OpenFeature (%s)"
                        .formatted(VARIABLE, name, FeatureProvider.class.getName()));
            }
            return (FeatureProvider) type.getConstructor().newInstance();
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(
                    "%s names %s, which did not start: %s".formatted(VARIABLE, name, e.getCause()), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "%s names %s, which is not on the class path or has no public constructor without parameters"
                            .formatted(VARIABLE, name),
                    e);
        }
    }
}
