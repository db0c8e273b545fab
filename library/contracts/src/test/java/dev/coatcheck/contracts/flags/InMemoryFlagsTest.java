package dev.coatcheck.contracts.flags;

import dev.coatcheck.state.flags.FlagStore;

class InMemoryFlagsTest extends FlagsContract {
    @Override
    protected FlagStore store() {
        return new InMemoryFlagStore();
    }
}
