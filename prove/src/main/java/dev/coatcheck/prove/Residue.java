package dev.coatcheck.prove;

import dev.coatcheck.prove.check.Trace;
import dev.coatcheck.prove.check.Trace.Place;
import dev.coatcheck.prove.check.Trace.Remembered;
import dev.coatcheck.prove.lab.Lab;
import dev.coatcheck.prove.lab.LabInstance;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Rest;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.lab.Trial;
import dev.coatcheck.prove.location.Needle;
import dev.coatcheck.prove.location.Needles;
import dev.coatcheck.prove.location.SearchResult;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.play.SentRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for what processes keep of requests that all of them have answered, in a trial that was played to its end: the copy of
 * a session, how often an address came. It is in the heap of the first of them that has it, with a field's name, or is not told:
 * elsewhere in a memory lies much that was only received.
 */
final class Residue {
    private final Lab lab;
    private final Trial trial;
    private final List<String> notes = new ArrayList<>();

    Residue(Lab lab, Trial trial) {
        this.lab = lab;
        this.trial = trial;
    }

    /** @param steps those whose values are looked for, in the processes that answered them */
    Trace of(Plan plan, Set<Integer> steps) throws InterruptedException {
        List<Exchange> exchanges = trial.run().exchanges();
        if (steps.stream().anyMatch(step -> step > exchanges.size())) {
            return Trace.none("an earlier step broke this time");
        }
        Rest.await(trial.instances());
        Map<String, String> values = new LinkedHashMap<>();
        trial.callerAddress().ifPresent(address -> values.put("the address that the requests came from", address));
        exchanges.stream()
                .filter(exchange -> steps.contains(exchange.step().number()))
                .forEach(exchange -> values.putAll(values(exchange)));
        String folder = lab.folder().toString();
        List<Needle> needles = Needles.from(values, List.of(lab.folder())).stream()
                .filter(needle -> !folder.contains(needle.text()))
                .toList();
        if (needles.isEmpty()) {
            return Trace.none("what the requests carry is too short to be looked for");
        }
        Set<LabInstance> served = new LinkedHashSet<>();
        for (int step : steps.stream().sorted().toList()) {
            String who = exchanges.get(step - 1).target().instance();
            trial.instances().stream()
                    .filter(instance -> instance.name().equals(who))
                    .forEach(served::add);
        }
        int unused = 1 + plan.seats().stream().mapToInt(Seat::process).max().orElse(0);
        List<Needle> telling = Tracer.unknownTo(Lab.started(trial.instance(Seat.at(unused))), needles);
        for (LabInstance instance : served) {
            List<Place> places = places(instance, telling);
            if (!places.isEmpty()) {
                return new Trace(Optional.empty(), Remembered.YES, places, List.of(), List.of());
            }
        }
        return new Trace(Optional.empty(), Remembered.UNKNOWN, List.of(), List.of(), notes);
    }

    private List<Place> places(LabInstance instance, List<Needle> needles) throws InterruptedException {
        List<Place> places = new ArrayList<>();
        for (long pid : instance.pids()) {
            Optional<SearchResult> heap = Tracer.heap(instance.name(), pid, needles);
            if (heap.isPresent()) {
                notes.addAll(heap.get().notes());
                heap.get().locations().stream().map(Tracer::place).forEach(places::add);
            }
        }
        return places;
    }

    /** Of a request that comes again it is what it carries that is kept, as well as what it was given. */
    private static Map<String, String> values(Exchange exchange) {
        Map<String, String> values = new LinkedHashMap<>();
        if (exchange.outcome() instanceof Outcome.Answered(SentRequest request, Response _)) {
            request.headers().stream()
                    .filter(header -> header.name().equalsIgnoreCase("Cookie"))
                    .flatMap(header -> Arrays.stream(header.value().split(";\\s*")))
                    .forEach(pair ->
                            values.put("the cookie " + pair.replaceFirst("=.*", ""), pair.replaceFirst("[^=]*=", "")));
            request.headers().stream()
                    .filter(header -> header.name().equalsIgnoreCase("Authorization"))
                    // A password.
                    .filter(header -> !header.value().regionMatches(true, 0, "Basic ", 0, 6))
                    .forEach(header -> values.put(
                            "the credentials of its Authorization",
                            header.value().replaceFirst("^\\S+\\s+", "")));
        }
        values.putAll(CarriedValues.of(exchange));
        return values;
    }
}
