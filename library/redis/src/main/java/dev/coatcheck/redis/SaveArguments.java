package dev.coatcheck.redis;

import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Writes changes as {@code save.lua} reads them. */
final class SaveArguments {
    private SaveArguments() {}

    static List<String> of(
            String mode,
            SessionId id,
            Changes changes,
            Optional<SessionId> rotated,
            SessionSettings settings,
            OptionalLong mentioned) {
        // A session that is created has the idle time-out of the settings, if the changes give it none of its own.
        var idle = mode.equals("create") ? Optional.of(settings.idleTimeout()) : Optional.<Duration>empty();
        var arguments = new ArrayList<String>();
        arguments.add(mode);
        arguments.add(id.secretHash());
        arguments.add(Long.toString(RedisSessions.millis(settings.absoluteTimeout())));
        arguments.add(Integer.toString(settings.maxBytes()));
        arguments.add(changes.idleTimeout()
                .or(() -> idle)
                .map(timeout -> Long.toString(RedisSessions.millis(timeout)))
                .orElse(""));
        arguments.add(changes.user().map(user -> "=" + user).orElse(""));
        arguments.add(changes.label().map(label -> "=" + label).orElse(""));
        arguments.add(text(mentioned));
        arguments.add(Long.toString(UserIndex.LETS_KNOW));
        arguments.add(rotated.map(SessionId::secretHash).orElse(""));
        arguments.add(
                Long.toString(settings.rotationGrace().isZero() ? 0 : RedisSessions.millis(settings.rotationGrace())));
        changes.attributes().forEach((name, change) -> {
            arguments.add(name);
            arguments.add(change.json().map(json -> "=" + json).orElse("-"));
            arguments.add(text(change.onlyIfVersion()));
        });
        return arguments;
    }

    private static String text(OptionalLong number) {
        return number.isPresent() ? Long.toString(number.getAsLong()) : "";
    }
}
