package dev.coatcheck.postgres;

import dev.coatcheck.contracts.flags.SharedFlagsContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.flags.FlagStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class SharedPostgresFlagsTest extends SharedFlagsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    protected FlagStore store() {
        return databases.empty().flagStore();
    }

    @Override
    protected Class<? extends StoreFactory<FlagStore>> factory() {
        return Factories.OfFlags.class;
    }

    @Override
    protected String url() {
        return databases.url();
    }
}
