package dev.coatcheck.postgres;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what a statement answers. */
final class Rows {
    private Rows() {}

    @FunctionalInterface
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    static <T> List<T> all(PreparedStatement statement, Reader<T> reader) throws SQLException {
        try (var found = statement.executeQuery()) {
            var rows = new ArrayList<T>();
            while (found.next()) {
                rows.add(reader.read(found));
            }
            return rows;
        }
    }

    static <T> Optional<T> first(PreparedStatement statement, Reader<T> reader) throws SQLException {
        try (var found = statement.executeQuery()) {
            return found.next() ? Optional.of(reader.read(found)) : Optional.empty();
        }
    }

    /** Of a statement that always answers with one row. */
    static <T> T only(PreparedStatement statement, Reader<T> reader) throws SQLException {
        return first(statement, reader).orElseThrow(() -> new SQLException("the server answered with no row"));
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    static Optional<String> text(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getString(column));
    }

    /** An array of text; elements may be null where the column says so. */
    static String[] texts(ResultSet row, String column) throws SQLException {
        return (String[]) row.getArray(column).getArray();
    }

    static Duration micros(long micros) {
        return Duration.ofNanos(1_000 * micros);
    }

    static Long[] longs(ResultSet row, String column) throws SQLException {
        return (Long[]) row.getArray(column).getArray();
    }
}
