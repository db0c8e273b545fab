package dev.coatcheck.openfeature;

import dev.coatcheck.state.flags.Flags;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EventProvider;
import dev.openfeature.sdk.ProviderEventDetails;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What a provider says of itself while its store comes and goes: each thing once. */
final class Announcements implements Flags.Observer {
    private final EventProvider provider;
    private final Flags flags;
    private final Duration staleAfter;
    private State state = State.SILENT;

    private enum State {
        /** Not begun, or the framework itself speaks of the start, or over. */
        SILENT,
        FAILED,
        READY,
        STALE,
        ENDED
    }

    Announcements(EventProvider provider, Flags flags, Duration staleAfter) {
        this.provider = provider;
        this.flags = flags;
        this.staleAfter = staleAfter;
    }

    void begin() {
        flags.observe(this);
    }

    synchronized void started() {
        become(State.READY);
    }

    synchronized void startFailed() {
        become(State.FAILED);
    }

    synchronized void end() {
        state = State.ENDED;
    }

    private void become(State next) {
        if (state != State.ENDED) {
            state = next;
        }
    }

    @Override
    public synchronized void changed(Set<String> names) {
        if (state == State.READY || state == State.STALE) {
            provider.emitProviderConfigurationChanged(ProviderEventDetails.builder()
                    .flagsChanged(List.copyOf(names))
                    .message(names.size() + " flags changed")
                    .build());
        }
    }

    @Override
    public synchronized void confirmed() {
        if (state == State.FAILED || state == State.STALE) {
            state = State.READY;
            provider.emitProviderReady(ProviderEventDetails.builder()
                    .message("the store of the flags answers")
                    .build());
        }
    }

    @Override
    public synchronized void unreachable() {
        if (state == State.READY && flags.age().compareTo(staleAfter) > 0) {
            state = State.STALE;
            provider.emitProviderStale(ProviderEventDetails.builder()
                    .message("the store of the flags has been silent for " + flags.age())
                    .errorCode(ErrorCode.GENERAL)
                    .build());
        }
    }
}
