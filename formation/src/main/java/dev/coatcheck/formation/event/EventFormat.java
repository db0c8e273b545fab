package dev.coatcheck.formation.event;

/** How an event is written. Used by one thread at a time. */
public interface EventFormat {
    /** One or more whole lines, or nothing for an event that is not shown. */
    String format(Event event);
}
