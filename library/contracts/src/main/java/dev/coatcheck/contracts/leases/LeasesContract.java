package dev.coatcheck.contracts.leases;

import dev.coatcheck.state.leases.LeaseStore;

/**
 * What every adapter of {@link dev.coatcheck.state.leases.Leases} passes, cut by what it is about: {@link Granting},
 * {@link Holding}, {@link Waiting}, {@link HostileText}.
 *
 * <pre>{@code
 * class PostgresLeasesTest extends LeasesContract {
 *     @Override
 *     public LeaseStore store() {
 *         return new PostgresLeases(database);
 *     }
 * }
 * }</pre>
 */
public abstract class LeasesContract implements Granting, Holding, Waiting, HostileText {

    /**
     * The store under test; called once in each test.
     *
     * @return a store that holds nothing of another test
     */
    @Override
    public abstract LeaseStore store();
}
