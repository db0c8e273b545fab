package dev.coatcheck.redis;

import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.cache.CacheStore;
import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.flags.FlagStore;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.leases.LeaseStore;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;

/** How other JVMs attach the database under test. */
final class Factories {
    private Factories() {}

    private static Redis attach(String url) {
        return Redis.attach(url, TestRedis.PATIENT);
    }

    public static final class OfSessions implements StoreFactory<Sessions> {
        @Override
        public Sessions open(String url) {
            return attach(url).sessions(SessionSettings.defaults());
        }
    }

    public static final class OfCaches implements StoreFactory<CacheStore> {
        @Override
        public CacheStore open(String url) {
            return attach(url).cacheStore();
        }
    }

    public static final class OfLimits implements StoreFactory<Limits> {
        @Override
        public Limits open(String url) {
            return attach(url).limits(new OnOutage.Closed());
        }
    }

    public static final class OfLeases implements StoreFactory<LeaseStore> {
        @Override
        public LeaseStore open(String url) {
            return attach(url).leaseStore();
        }
    }

    public static final class OfFlags implements StoreFactory<FlagStore> {
        @Override
        public FlagStore open(String url) {
            return attach(url).flagStore();
        }
    }

    public static final class OfChannels implements StoreFactory<ChannelStore> {
        @Override
        public ChannelStore open(String url) {
            return attach(url).channelStore();
        }
    }

    /** As an application has them. */
    public static final class OfUsualChannels implements StoreFactory<ChannelStore> {
        @Override
        public ChannelStore open(String url) {
            return Redis.attach(url).channelStore();
        }
    }

    public static final class OfJobs implements StoreFactory<Jobs> {
        @Override
        public Jobs open(String url) {
            return attach(url).jobs();
        }
    }
}
