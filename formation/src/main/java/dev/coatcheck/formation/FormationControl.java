package dev.coatcheck.formation;

import dev.coatcheck.formation.control.Controlled;
import dev.coatcheck.formation.control.InstanceView;
import dev.coatcheck.formation.control.ReleaseView;
import dev.coatcheck.formation.control.Request;
import dev.coatcheck.formation.control.ServiceView;
import dev.coatcheck.formation.event.EventLog;
import dev.coatcheck.formation.release.Release;
import dev.coatcheck.formation.release.ReleaseChanges;
import dev.coatcheck.formation.release.ReleaseStore;
import dev.coatcheck.formation.supervision.Instance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** What the control socket asks for, done by the parts of a formation. */
record FormationControl(
        Formation formation, Instances running, Resources resources, Changes changes, OneOffs oneOffs, EventLog log)
        implements Controlled {

    @Override
    public List<InstanceView> instances() {
        List<Instance> all = running.all();
        Load load = Load.now(all);
        return all.stream()
                .map(instance -> InstanceView.of(
                        instance.status(), load.residentBytes(instance), load.processorPercent(instance)))
                .toList();
    }

    @Override
    public List<ServiceView> services() {
        return resources.services().stream()
                .map(service -> new ServiceView(service.kind().label(), service.version(), service.variables()))
                .toList();
    }

    @Override
    public List<ReleaseView> releases() {
        try {
            ReleaseStore store = resources.releases();
            List<ReleaseView> views = new ArrayList<>();
            List<Release> all = store.all();
            for (int i = 0; i < all.size(); i++) {
                Release release = all.get(i);
                views.add(new ReleaseView(
                        release.number(),
                        release.created().toString(),
                        store.state(release).name().toLowerCase(Locale.ROOT),
                        release.build(),
                        resources.builds().find(release.build()).isPresent(),
                        i == 0 ? List.of() : ReleaseChanges.between(all.get(i - 1), release)));
            }
            return views;
        } catch (IOException e) {
            throw new FormationException("the releases cannot be read: " + e, e);
        }
    }

    @Override
    public String metrics() {
        return changes.router().metrics().toPrometheus();
    }

    @Override
    public String change(Request.Change change, CompletableFuture<Void> unwanted) {
        return switch (change) {
            case Request.Scale scale -> changes.scale(scale.quantities(), unwanted);
            case Request.Restart restart -> changes.restart(restart.which(), unwanted);
            case Request.Roll _ -> changes.roll(unwanted);
            case Request.Rollback rollback -> changes.rollback(rollback.number(), unwanted);
            case Request.Pause _ -> {
                changes.router().pause();
                yield "paused: requests wait until 'coatcheck resume'";
            }
            case Request.Resume _ -> {
                changes.router().resume();
                yield "resumed";
            }
            case Request.Stop _ -> {
                formation.stop();
                yield "stopped";
            }
        };
    }

    @Override
    public OneOff oneOff(String words) {
        return oneOffs.begin(changes.target().attached(), words);
    }
}
