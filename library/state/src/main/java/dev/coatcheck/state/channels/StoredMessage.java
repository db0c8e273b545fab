package dev.coatcheck.state.channels;

/**
 * A message as a store keeps it.
 *
 * @param position where it stands
 * @param previous the offset before it: 0 is none. What follows it is what nobody has missed anything before
 */
public record StoredMessage(Position position, long previous, String payload) {

    /** Whether nothing is between that place and this message. */
    boolean follows(Position place) {
        return position.epoch().equals(place.epoch()) && previous == place.offset();
    }
}
