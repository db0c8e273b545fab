package dev.coatcheck.contracts.peers;

/**
 * How another JVM attaches to the store under test. Implemented by a public class with a public constructor without
 * parameters, because a class name travels to another process where an object cannot.
 *
 * @param <S> the port
 */
@FunctionalInterface
public interface StoreFactory<S> {

    /**
     * Attaches; the end of the process is what detaches.
     *
     * @param url the resource, and whatever else the adapter's test puts into it
     */
    S open(String url);
}
