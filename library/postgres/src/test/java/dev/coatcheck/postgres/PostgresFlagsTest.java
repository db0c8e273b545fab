package dev.coatcheck.postgres;

import dev.coatcheck.contracts.flags.FlagsContract;
import dev.coatcheck.state.flags.FlagStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresFlagsTest extends FlagsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    protected FlagStore store() {
        return databases.empty().flagStore();
    }
}
