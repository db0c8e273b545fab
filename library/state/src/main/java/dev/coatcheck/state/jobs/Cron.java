package dev.coatcheck.state.jobs;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * When something happens again and again: a cron expression of five fields, in a time zone. Immutable.
 *
 * <pre>{@code
 * minute 0-59 | hour 0-23 | day of month 1-31 | month 1-12 or JAN-DEC | day of week 0-7 or SUN-SAT
 *
 * Cron.parse("30 4 * * MON-FRI", ZoneId.of("Europe/Berlin"));
 * }</pre>
 *
 * <p>A field is {@code *}, a value, a range {@code a-b}, a step {@code *}{@code /n} or {@code a-b/n}, or several of them with
 * commas. 0 and 7 are both Sunday. Where day of month and day of week are both restricted, either of them is enough. All as
 * in Vixie's cron (crontab(5)), and so is what happens when clocks change:
 *
 * <ul>
 *   <li>an hour that is skipped: what was due in it happens once, right after it;
 *   <li>an hour that comes twice: what is due in it happens the first time;
 *   <li>but where the hour is {@code *}, neither: it goes on at its pace, in real time.
 * </ul>
 */
public final class Cron {
    /** The twenty-ninth of February comes at least every eight years. */
    private static final int LONGEST_DAYS = 8 * 366;

    private final String expression;
    private final ZoneId zone;
    private final CronField minutes;
    private final CronField hours;
    private final CronField days;
    private final CronField months;
    private final CronField weekdays;

    private Cron(String expression, List<String> fields, ZoneId zone) {
        this.expression = expression;
        this.zone = zone;
        this.minutes = CronField.parse(fields.get(0), 0, 59, List.of());
        this.hours = CronField.parse(fields.get(1), 0, 23, List.of());
        this.days = CronField.parse(fields.get(2), 1, 31, List.of());
        this.months = CronField.parse(fields.get(3), 1, 12, CronField.MONTHS);
        this.weekdays = CronField.parse(fields.get(4), 0, 7, CronField.WEEKDAYS);
    }

    /**
     * Reads an expression.
     *
     * @throws IllegalArgumentException where it is none, with the reason, or means no day that ever comes
     */
    public static Cron parse(String expression, ZoneId zone) {
        var fields = List.of(expression.strip().split("\\s+"));
        try {
            if (fields.size() != 5) {
                throw new IllegalArgumentException("it has %d fields, and not 5".formatted(fields.size()));
            }
            var cron = new Cron(expression, fields, zone);
            if (cron.daysFrom(LocalDate.of(2000, 1, 1)).findFirst().isEmpty()) {
                throw new IllegalArgumentException("there is no such day");
            }
            return cron;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"%s\" is no cron expression (minute hour day month weekday): %s"
                            .formatted(expression, e.getMessage()),
                    e);
        }
    }

    /**
     * The first time after this one.
     *
     * @throws DateTimeException where there is none before the end of time
     */
    public Instant next(Instant after) {
        // Begun a day early, and looked for one day longer: clocks may be set back over midnight.
        var found = daysFrom(date(after).minusDays(1))
                .map(day -> first(day, after))
                .flatMap(Optional::stream)
                .limit(2)
                .min(Comparator.naturalOrder());
        return found.orElseThrow(() -> new DateTimeException("no time of " + this + " after " + after));
    }

    /** The last time that is later than {@code after} and not later than {@code until}. */
    public Optional<Instant> last(Instant after, Instant until) {
        var begin = date(after).minusDays(1);
        return Stream.iterate(date(until).plusDays(1), day -> !day.isBefore(begin), day -> day.minusDays(1))
                .filter(this::isDay)
                .map(day -> times(day)
                        .filter(time -> time.isAfter(after) && !time.isAfter(until))
                        .max(Comparator.naturalOrder()))
                .flatMap(Optional::stream)
                .limit(2)
                .max(Comparator.naturalOrder());
    }

    private Optional<Instant> first(LocalDate day, Instant after) {
        return times(day).filter(time -> time.isAfter(after)).min(Comparator.naturalOrder());
    }

    private LocalDate date(Instant instant) {
        return instant.atZone(zone).toLocalDate();
    }

    private Stream<LocalDate> daysFrom(LocalDate first) {
        return Stream.iterate(first, day -> day.plusDays(1)).limit(LONGEST_DAYS).filter(this::isDay);
    }

    private boolean isDay(LocalDate day) {
        // 7 is Sunday as well as 0.
        int weekday = day.getDayOfWeek().getValue();
        Predicate<CronField> contains = field -> field.contains(weekday) || (weekday == 7 && field.contains(0));
        boolean dayOfMonth = days.contains(day.getDayOfMonth());
        boolean dayOfWeek = contains.test(weekdays);
        boolean either = !days.isAny() && !weekdays.isAny();
        return months.contains(day.getMonthValue()) && (either ? dayOfMonth || dayOfWeek : dayOfMonth && dayOfWeek);
    }

    /** The times of a day that it happens on. */
    private Stream<Instant> times(LocalDate day) {
        return hours.values()
                .boxed()
                .flatMap(hour -> minutes.values().mapToObj(minute -> day.atTime(hour, minute)))
                .flatMap(this::instants);
    }

    private Stream<Instant> instants(LocalDateTime local) {
        var rules = zone.getRules();
        var offsets = rules.getValidOffsets(local);
        if (offsets.isEmpty()) {
            return hours.isAny()
                    ? Stream.of()
                    : Stream.of(rules.getTransition(local).getInstant());
        }
        return offsets.stream().limit(hours.isAny() ? offsets.size() : 1).map(local::toInstant);
    }

    /** The zone that it is meant in. */
    public ZoneId zone() {
        return zone;
    }

    /** The expression, and the zone. */
    @Override
    public String toString() {
        return expression + " " + zone;
    }
}
