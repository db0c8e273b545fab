/**
 * The ports of Coatcheck. This module depends on nothing, so that an application's own code can depend on it and on
 * nothing else.
 */
module dev.coatcheck.state {
    requires static org.jspecify;

    exports dev.coatcheck.state;
    exports dev.coatcheck.state.blobs;
    exports dev.coatcheck.state.cache;
    exports dev.coatcheck.state.channels;
    exports dev.coatcheck.state.flags;
    exports dev.coatcheck.state.idempotency;
    exports dev.coatcheck.state.jobs;
    exports dev.coatcheck.state.leases;
    exports dev.coatcheck.state.limits;
    exports dev.coatcheck.state.sessions;
    exports dev.coatcheck.state.uploads;
}
