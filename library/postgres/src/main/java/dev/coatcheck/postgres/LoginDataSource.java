package dev.coatcheck.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** Single connections, made when asked for, each with the login of that moment. */
final class LoginDataSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1;

    private final transient @Nullable CurrentLogin login;

    LoginDataSource(CurrentLogin login) {
        this.login = login;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (login == null) {
            return super.getConnection();
        }
        var now = login.now();
        return getConnection(now.user(), now.password().orElse(null));
    }
}
