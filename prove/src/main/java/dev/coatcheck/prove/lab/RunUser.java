package dev.coatcheck.prove.lab;

import dev.coatcheck.prove.compare.Comparison;
import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.play.Conversation;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Message;
import dev.coatcheck.prove.play.OpenSockets;
import dev.coatcheck.prove.play.PlaySettings;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Step;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The user of a run, who is one person as long as nothing is repeated. Where steps are repeated in each process, that
 * person has a lane for each: cookies and captures of repeated steps are the lane's own, all others are everyone's.
 */
final class RunUser implements AutoCloseable {
    private static final int ONLY = 0;

    private final Plan plan;
    private final PlaySettings settings;
    private final OpenSockets sockets = new OpenSockets();
    private final Duration heardWithin;
    private final Map<Integer, Lane> lanes = new HashMap<>();
    private final Set<String> ownCookies = new HashSet<>();

    /** What the user had before certain steps, by their numbers. */
    private final Map<Integer, Conversation> former = new HashMap<>();

    /** Of somebody who never came before. */
    private final Conversation beginning;

    private record Lane(Conversation conversation, Optional<Comparison> comparison) {}

    RunUser(Plan plan, PlaySettings settings, Optional<Control> control) {
        this.plan = plan;
        this.settings = settings;
        this.heardWithin = control.map(Control::heardWithin).orElse(Duration.ZERO);
        this.beginning = Conversation.start(settings, sockets);
        for (Seat seat : plan.seats()) {
            lanes.computeIfAbsent(number(seat), lane -> new Lane(beginning.copy(), control.map(Control::comparison)));
        }
    }

    private int number(Seat seat) {
        return plan.repeated().isEmpty() ? ONLY : seat.lane();
    }

    /** Plays a step as the user of this seat. Each exchange is to be {@linkplain #compare compared} before the next. */
    Exchange play(Step step, Seat seat, Target target) throws InterruptedException {
        return conversation(step, seat).play(step, target);
    }

    private Conversation conversation(Step step, Seat seat) {
        Conversation now = lane(seat).conversation();
        if (step.asOf().isEmpty()) {
            return now;
        }
        int asOf = step.asOf().getAsInt();
        // Who came once as a stranger is none any more: the answer may have been a guest's session.
        return asOf == Step.BEGINNING ? beginning.beside() : former.computeIfAbsent(asOf, _ -> now.beside());
    }

    /** What an exchange of this seat has that the control has not. */
    List<Difference> compare(Exchange exchange, Seat seat) {
        Lane mine = lane(seat);
        if (plan.repeated().contains(exchange.step().number())) {
            exchange.response().map(Response::cookies).ifPresent(set -> ownCookies.addAll(set.keySet()));
            return compared(mine, exchange);
        }
        lanes.forEach((number, lane) -> {
            if (number != number(seat) && exchange.step().asOf().isEmpty()) {
                compared(lane, exchange);
                lane.conversation().takeIn(exchange, ownCookies);
            }
        });
        return compared(mine, exchange);
    }

    /** What the user of this seat has done so far, to go on with beside the run. */
    Conversation copy(Seat seat) {
        return lane(seat).conversation().beside();
    }

    /** Somebody else, who has done nothing yet; the sockets are shared. */
    Conversation another() {
        return Conversation.start(settings, sockets);
    }

    Optional<String> callerAddress() {
        return settings.localAddress().map(InetAddress::getHostAddress);
    }

    /** How long a message took at most in one process. */
    Duration heardWithin() {
        return heardWithin;
    }

    /** Whether there is a control to compare with. */
    boolean isCompared() {
        return lanes.values().stream().allMatch(lane -> lane.comparison().isPresent());
    }

    OpenSockets sockets() {
        return sockets;
    }

    /** What open sockets should have heard after the step that was compared last, and have not. */
    List<Difference> unheard(int step, Seat seat, List<Message> heard) {
        return lane(seat)
                .comparison()
                .map(comparison -> comparison.unheard(step, heard))
                .orElse(List.of());
    }

    @Override
    public void close() {
        sockets.close();
    }

    private Lane lane(Seat seat) {
        Lane lane = lanes.get(number(seat));
        if (lane == null) {
            throw new IllegalArgumentException("the plan '" + plan.name() + "' has no " + seat);
        }
        return lane;
    }

    private List<Difference> compared(Lane lane, Exchange exchange) {
        boolean inTime = !plan.isAfterDeath(exchange.step().number());
        return lane.comparison()
                .map(comparison -> comparison.next(exchange, inTime))
                .orElse(List.of());
    }
}
