package dev.coatcheck.postgres;

import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.cache.CacheStore;
import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.flags.FlagStore;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.leases.LeaseStore;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import dev.coatcheck.state.uploads.UploadStore;
import java.time.Duration;

/** How other JVMs attach the database under test. */
final class Factories {
    /** Four that start at once on a busy machine are slow to connect: a limit that is closed says so, and a cache loads. */
    private static final PostgresSettings PATIENT = PostgresSettings.defaults()
            .withConnectTimeout(Duration.ofMinutes(1))
            .withStatementTimeout(Duration.ofMinutes(1));

    private Factories() {}

    static Postgres attach(String url) {
        return Postgres.attach(url, PATIENT);
    }

    public static final class OfSessions implements StoreFactory<Sessions> {
        @Override
        public Sessions open(String url) {
            return attach(url).sessions(SessionSettings.defaults());
        }
    }

    public static final class OfBlobs implements StoreFactory<Blobs> {
        @Override
        public Blobs open(String url) {
            return attach(url).blobs();
        }
    }

    public static final class OfUploads implements StoreFactory<UploadStore> {
        @Override
        public UploadStore open(String url) {
            return attach(url).uploadStore();
        }
    }

    public static final class OfJobs implements StoreFactory<Jobs> {
        @Override
        public Jobs open(String url) {
            return attach(url).jobs();
        }
    }

    /** For processes that are cut off. */
    public static final class OfHastyJobs implements StoreFactory<Jobs> {
        @Override
        public Jobs open(String url) {
            var limit = Duration.ofSeconds(2);
            return Postgres.attach(
                            url,
                            PostgresSettings.defaults()
                                    .withConnectTimeout(limit)
                                    .withStatementTimeout(limit))
                    .jobs();
        }
    }

    public static final class OfLeases implements StoreFactory<LeaseStore> {
        @Override
        public LeaseStore open(String url) {
            return attach(url).leaseStore();
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
}
