package dev.coatcheck.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.sessions.SessionsContract;
import dev.coatcheck.state.sessions.Attribute;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.Device;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresSessionsTest extends SessionsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    public Sessions sessions(SessionSettings settings) {
        return databases.empty().sessions(settings);
    }

    @Override
    public String dump() {
        return String.join("\n", databases.query("select s::text from coatcheck.sessions s"));
    }

    @Test
    void what_an_earlier_release_wrote_is_read_changed_and_ended() {
        var postgres = databases.empty();
        var sessions = postgres.sessions(SessionSettings.defaults());
        var id = SessionId.random();
        var old = id.rotated();
        // A row as the first release wrote it, in 2026 and to last for a century. It stays as it is.
        Databases.update(postgres, """
                insert into coatcheck.sessions (
                    handle, secret_hash, user_name, label, created_at, last_seen_at, expires_at, absolute_end, idle_ms,
                    names, jsons, versions, writes, prior_secret_hash, prior_until, prior_user_name, prior_names,
                    prior_jsons, prior_versions, purge_at)
                values (
                    '%s', '%s', 'ada', 'Firefox on Linux', '2026-11-21 12:00Z', '2026-11-21 12:06Z', '2126-01-01 00:00Z',
                    '2126-01-01 00:00Z', 3153600000000, '{theme}', array['"dark"'], '{7}', 7, '%s', '2100-01-01 00:00Z',
                    'guest', '{theme}', array['"light"'], '{3}', '2126-01-01 01:00Z')
                """.formatted(id.handle(), id.secretHash(), old.secretHash()));

        var session = sessions.find(id).orElseThrow();
        assertThat(session.user()).contains("ada");
        assertThat(session.createdAt()).isEqualTo(Instant.parse("2026-11-21T12:00:00Z"));
        assertThat(session.attributes()).isEqualTo(Map.of("theme", new Attribute("\"dark\"", 7)));
        var before = sessions.find(old).orElseThrow();
        assertThat(before.superseded()).isTrue();
        assertThat(before.user()).contains("guest");
        assertThat(before.attributes()).isEqualTo(Map.of("theme", new Attribute("\"light\"", 3)));
        assertThat(sessions.save(id, Changes.none().putIfUnchanged("theme", "1", 7)))
                .isEqualTo(new Saved(id));
        assertThat(sessions.devices("ada")).extracting(Device::label).containsExactly(Optional.of("Firefox on Linux"));
        assertThat(sessions.revokeAll("ada")).isEqualTo(1);
    }
}
