package dev.coatcheck.host.service;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One statement on the database behind a URL of the form that processes get. */
final class Sql {
    private static final Pattern URL = Pattern.compile("postgresql://(.*):(.*)@(.*)");

    private Sql() {}

    static void execute(String url, String statement) throws SQLException {
        try (Connection connection = connect(url);
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    static String query(String url, String query) throws SQLException {
        try (Connection connection = connect(url);
                Statement sql = connection.createStatement();
                ResultSet result = sql.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }

    static Connection connect(String url) throws SQLException {
        Matcher parts = URL.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException(url);
        }
        return DriverManager.getConnection("jdbc:postgresql://" + parts.group(3), parts.group(1), parts.group(2));
    }
}
