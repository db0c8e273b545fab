package dev.coatcheck.prove.report;

/**
 * How much a proof did: what keeps it from calling something stateless that was never split.
 *
 * @param pairs how many pairs of steps the scenarios have
 * @param separated how many of them were served by different processes at least once
 * @param kills how many processes were killed, and seen to be dead
 */
public record CoverageSummary(int pairs, int separated, int kills) {
    public CoverageSummary {
        if (pairs < 0 || separated < 0 || separated > pairs || kills < 0) {
            throw new IllegalArgumentException(
                    separated + " of " + pairs + " pairs separated and " + kills + " kills cannot be");
        }
    }
}
