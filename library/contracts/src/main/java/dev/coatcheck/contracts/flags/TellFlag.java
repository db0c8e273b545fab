package dev.coatcheck.contracts.flags;

import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.state.flags.Audience;
import dev.coatcheck.state.flags.FlagStore;
import dev.coatcheck.state.flags.FlagValue;
import dev.coatcheck.state.flags.Flags;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Tells what a flag is for everybody, each time that it changes; public because made by name. */
public final class TellFlag implements PeerAction<FlagStore> {
    static final String FLAG = "step";

    @Override
    public void run(FlagStore store, List<String> arguments, Conversation conversation) throws Exception {
        try (var flags = new Flags(store, FlagsContract.TOLD)) {
            if (!flags.awaitFirst(Duration.ofMinutes(1))) {
                throw new AssertionError("the store was not reached");
            }
            flags.observe(new Flags.Observer() {
                @Override
                public void changed(Set<String> names) {
                    conversation.say(flags.snapshot()
                            .evaluate(FLAG, Audience.nobody())
                            .map(evaluation ->
                                    evaluation.value() instanceof FlagValue.Whole(long step) ? "" + step : "?")
                            .orElse("none"));
                }

                @Override
                public void confirmed() {}

                @Override
                public void unreachable() {}
            });
            conversation.say("ready");
            conversation.hear();
        }
    }
}
