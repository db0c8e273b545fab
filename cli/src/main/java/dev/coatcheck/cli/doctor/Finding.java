package dev.coatcheck.cli.doctor;

/**
 * One thing that was looked at.
 *
 * @param id the same in every version
 * @param subject in a few words for people
 * @param detail what was seen; no secret is in it
 * @param without what is weaker so; empty where it is as it should be
 * @param remedy what to do about it; empty where nothing is to be done
 */
public record Finding(String id, State state, String subject, String detail, String without, String remedy) {
    static Finding ok(String id, String subject, String detail) {
        return new Finding(id, State.OK, subject, detail, "", "");
    }

    static Finding weaker(String id, String subject, String detail, String without, String remedy) {
        return new Finding(id, State.WEAKER, subject, detail, without, remedy);
    }

    static Finding missing(String id, String subject, String detail, String without, String remedy) {
        return new Finding(id, State.MISSING, subject, detail, without, remedy);
    }
}
