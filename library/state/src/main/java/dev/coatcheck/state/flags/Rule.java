package dev.coatcheck.state.flags;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A value for some: for all whom every condition holds for, or a share of those.
 *
 * @param conditions all of which must hold; none for everybody
 * @param shares who gets which value; together no more than {@link Share#ALL}. Whoever is in none of them is a matter of
 *     the next rule
 */
public record Rule(List<Condition> conditions, List<Share> shares) {

    public Rule {
        conditions = List.copyOf(conditions);
        shares = List.copyOf(shares);
        int sum = shares.stream().mapToInt(Share::tenThousandths).sum();
        if (shares.isEmpty() || sum > Share.ALL) {
            throw new IllegalArgumentException("the shares of a rule are one or more, and together no more than "
                    + Share.ALL + " ten-thousandths: " + shares);
        }
    }

    /**
     * One attribute, and what it may be.
     *
     * @param attribute of the {@link Audience}
     * @param anyOf the condition holds where the attribute is one of these
     */
    public record Condition(String attribute, Set<String> anyOf) {
        public Condition {
            anyOf = Set.copyOf(anyOf);
        }

        boolean holds(Audience audience) {
            var value = audience.attributes().get(attribute);
            return value != null && anyOf.contains(value);
        }
    }

    /**
     * A value, and how many get it.
     *
     * @param tenThousandths of all keys; {@link #ALL} is everybody, with a key or without
     */
    public record Share(FlagValue value, int tenThousandths) {

        /** Everybody. */
        public static final int ALL = 10_000;

        public Share {
            if (tenThousandths < 0 || tenThousandths > ALL) {
                throw new IllegalArgumentException(
                        "a share is 0 to %d ten-thousandths, not %d".formatted(ALL, tenThousandths));
            }
        }
    }

    /** For everybody. */
    public static Conditions everybody() {
        return new Conditions(List.of());
    }

    /** For those whose attribute is one of these values. */
    public static Conditions where(String attribute, String... anyOf) {
        return everybody().and(attribute, anyOf);
    }

    /** Whom a rule is for, before it says what they get. */
    public record Conditions(List<Condition> all) {
        public Conditions {
            all = List.copyOf(all);
        }

        /** And whose attribute is one of these values. */
        public Conditions and(String attribute, String... anyOf) {
            var more = new ArrayList<>(all);
            more.add(new Condition(attribute, Set.of(anyOf)));
            return new Conditions(more);
        }

        /** All of them get this value. */
        public Rule serve(FlagValue value) {
            return new Rule(all, List.of(new Share(value, Share.ALL)));
        }

        /** A part of them gets this value: always the same users, to whom more are added when the part grows. */
        public Rule serve(FlagValue value, double percent) {
            return new Rule(all, List.of(new Share(value, (int) Math.round(percent * Share.ALL / 100))));
        }
    }

    /** The share that somebody is in, where this rule is for them. */
    Optional<Share> shareOf(Audience audience, String flag) {
        if (!conditions.stream().allMatch(condition -> condition.holds(audience))) {
            return Optional.empty();
        }
        if (shares.get(0).tenThousandths() == Share.ALL) {
            return Optional.of(shares.get(0));
        }
        if (audience.key().isEmpty()) {
            return Optional.empty();
        }
        int bucket = Bucket.of(flag, audience.key());
        for (var share : shares) {
            if (bucket < share.tenThousandths()) {
                return Optional.of(share);
            }
            bucket -= share.tenThousandths();
        }
        return Optional.empty();
    }
}
