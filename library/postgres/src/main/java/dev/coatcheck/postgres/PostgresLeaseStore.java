package dev.coatcheck.postgres;

import dev.coatcheck.state.leases.Grant;
import dev.coatcheck.state.leases.GrantResult;
import dev.coatcheck.state.leases.GrantResult.Granted;
import dev.coatcheck.state.leases.GrantResult.Refused;
import dev.coatcheck.state.leases.Holder;
import dev.coatcheck.state.leases.LeaseStore;
import dev.coatcheck.state.leases.WaitingRoom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Leases in a table. Every method is one round trip, renewing many too. Who waits is told of a release by the server;
 * where that connection is lost, until it is there again, by looking.
 */
final class PostgresLeaseStore implements LeaseStore, AutoCloseable {
    private final Database database;
    private final WaitingRoom waiting = new WaitingRoom();
    private final Listener listener;

    /** @param driver makes connections, outside the pool */
    PostgresLeaseStore(Database database, DataSource driver) {
        this.database = database;
        this.listener = new Listener(driver, database.resource(), List.of("coatcheck_leases"), new Listener.Heard() {
            @Override
            public void heard(List<String> names) {
                names.forEach(waiting::wake);
            }

            @Override
            public void mayHaveMissed() {
                waiting.wakeAll();
            }
        });
    }

    @Override
    public GrantResult grant(String name, String holder, Duration duration) {
        return database.ask("acquire the lease \"" + name + "\"", connection -> {
            try (var grant = connection.prepareStatement("select * from coatcheck.grant_lease_v1(?, ?, ?)")) {
                grant.setString(1, name);
                grant.setString(2, holder);
                grant.setLong(3, Database.micros(duration));
                return Rows.only(
                        grant,
                        row -> row.getBoolean("granted")
                                ? new Granted(new Grant(name, row.getLong("token")))
                                : new Refused(holder(row)));
            }
        });
    }

    @Override
    public Set<Grant> renew(Collection<Grant> grants, Duration duration) {
        if (grants.isEmpty()) {
            return Set.of();
        }
        return database.ask("renew " + grants.size() + " leases", connection -> {
            try (var renew = connection.prepareStatement("select * from coatcheck.renew_leases_v1(?, ?, ?)")) {
                var names = grants.stream().map(Grant::name).toArray();
                var tokens = grants.stream().map(Grant::token).toArray();
                renew.setArray(1, connection.createArrayOf("text", names));
                renew.setArray(2, connection.createArrayOf("int8", tokens));
                renew.setLong(3, Database.micros(duration));
                return Set.copyOf(Rows.all(renew, row -> new Grant(row.getString("name"), row.getLong("token"))));
            }
        });
    }

    @Override
    public boolean release(Grant grant) {
        return database.ask("release the lease \"" + grant.name() + "\"", connection -> {
            try (var release = connection.prepareStatement("select coatcheck.release_lease_v1(?, ?)")) {
                release.setString(1, grant.name());
                release.setLong(2, grant.token());
                return Rows.only(release, row -> row.getBoolean(1));
            }
        });
    }

    @Override
    public Optional<Holder> holder(String name) {
        return database.ask("ask who holds the lease \"" + name + "\"", connection -> {
            try (var find = connection.prepareStatement("""
                    select token, holder, (1000000 * extract(epoch from ends_at - now))::bigint as ends_in_us
                    from coatcheck.leases, clock_timestamp() as now
                    where name = ? and ends_at > now
                    """)) {
                find.setString(1, name);
                return Rows.first(find, PostgresLeaseStore::holder);
            }
        });
    }

    @Override
    public Waiting await(String name) {
        var seat = waiting.enter(name);
        listener.start();
        return seat;
    }

    /** Stops listening. */
    @Override
    public void close() {
        listener.close();
    }

    private static Holder holder(ResultSet row) throws SQLException {
        long left = Math.max(0, row.getLong("ends_in_us"));
        return new Holder(row.getString("holder"), row.getLong("token"), Duration.ofNanos(left * 1_000));
    }
}
