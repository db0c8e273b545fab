package dev.coatcheck.postgres;

import dev.coatcheck.state.limits.Ask;
import dev.coatcheck.state.limits.Debt;
import dev.coatcheck.state.limits.Decision.Reservation;
import dev.coatcheck.state.limits.LimitStore;
import dev.coatcheck.state.limits.LimitStore.Answer.Refused;
import dev.coatcheck.state.limits.LimitStore.Answer.Spent;
import dev.coatcheck.state.limits.ReservationIds;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Limits in a table, a row for each key. Each method is one round trip, however many limits are asked; what is refused
 * writes nothing.
 */
final class PostgresLimitStore implements LimitStore {
    private final Database database;
    private final ReservationIds ids = new ReservationIds();

    PostgresLimitStore(Database database) {
        this.database = database;
    }

    /** An ask and its row, with its place among the asks of the call. */
    private record Row(LimitKey key, Ask ask, int place) {}

    @Override
    public Answer acquire(List<Ask> asks) {
        var rows = inLockingOrder(asks);
        return database.ask("acquire permits", connection -> {
            try (var acquire =
                    connection.prepareStatement("select * from coatcheck.acquire_permits_v1(?, ?, ?, ?, ?)")) {
                set(connection, acquire, 1, rows);
                return Rows.only(acquire, row -> answer(rows, row));
            }
        });
    }

    private Answer answer(List<Row> asked, ResultSet row) throws SQLException {
        if (row.getArray("waits") != null) {
            return new Refused(blocks(asked, Rows.longs(row, "waits")));
        }
        var micros = Rows.longs(row, "micros");
        var rests = Rows.longs(row, "rests");
        var debts = new Debt[asked.size()];
        for (int i = 0; i < debts.length; i++) {
            var one = asked.get(i);
            debts[one.place()] = new Debt(one.ask().limit(), micros[i], rests[i]);
        }
        return new Spent(ids.next(row.getLong("now_us")), List.of(debts));
    }

    private static List<Block> blocks(List<Row> asked, Long[] waits) {
        var blocks = new ArrayList<Block>();
        for (int i = 0; i < waits.length; i++) {
            if (waits[i] > 0) {
                blocks.add(new Block(asked.get(i).ask(), Rows.micros(waits[i])));
            }
        }
        return blocks;
    }

    @Override
    public void refund(Reservation reservation) {
        long spentAt = ReservationIds.spentAt(reservation);
        long longest = Database.micros(Debt.longestOf(reservation.asks()));
        var rows = inLockingOrder(reservation.asks());
        database.ask("refund permits", connection -> {
            try (var refund =
                    connection.prepareStatement("select coatcheck.refund_permits_v1(?, ?, ?, ?, ?, ?, ?, ?)")) {
                refund.setString(1, reservation.id());
                refund.setLong(2, spentAt);
                refund.setLong(3, longest);
                set(connection, refund, 4, rows);
                return Rows.only(refund, row -> row.getBoolean(1));
            }
        });
    }

    /** The same for every process, so that no two wait for each other. */
    private static List<Row> inLockingOrder(List<Ask> asks) {
        var rows = new ArrayList<Row>();
        for (int i = 0; i < asks.size(); i++) {
            rows.add(new Row(LimitKey.of(asks.get(i)), asks.get(i), i));
        }
        rows.sort(Comparator.comparing(Row::key));
        return rows;
    }

    private static void set(Connection connection, PreparedStatement statement, int from, List<Row> rows)
            throws SQLException {
        var ids = rows.stream().map(row -> row.key().bytes()).toArray(byte[][]::new);
        statement.setArray(from, connection.createArrayOf("bytea", ids));
        setLongs(connection, statement, from + 1, rows, row -> row.ask().limit().permits());
        setLongs(
                connection,
                statement,
                from + 2,
                rows,
                row -> Debt.windowMicros(row.ask().limit()));
        setLongs(
                connection, statement, from + 3, rows, row -> Debt.of(row.ask()).micros());
        setLongs(
                connection, statement, from + 4, rows, row -> Debt.of(row.ask()).rest());
    }

    private static void setLongs(
            Connection connection, PreparedStatement statement, int index, List<Row> rows, ToLongFunction<Row> value)
            throws SQLException {
        var values = rows.stream().mapToLong(value).boxed().toArray();
        statement.setArray(index, connection.createArrayOf("int8", values));
    }
}
