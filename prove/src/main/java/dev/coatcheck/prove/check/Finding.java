package dev.coatcheck.prove.check;

import dev.coatcheck.prove.compare.Counting;
import java.util.Set;

/** What a single instance did when steps were sent to it again, and what several are to be held to. */
sealed interface Finding {
    /** The step that does it. */
    int step();

    /** Those that tell most are tried first: what is refused for no other reason may be any second deletion. */
    int rank();

    /**
     * It comes too often.
     *
     * @param at the number of the repetition that is refused first, where the step itself is 1
     * @param sent how many requests there had been of all kinds when it was, with this one
     * @param passing whether it was accepted again while it went on coming
     */
    record Refused(int step, int at, int sent, Answer answer, boolean passing) implements Finding {
        /** Whether it is the step that is counted: nothing else was sent more often than the scenario does, or twice is too often. */
        boolean isOfTheStepAlone() {
            return sent == step + at - 1 || (at == 2 && !answer.speaksOfOthers());
        }

        Refused measured(int alone) {
            return new Refused(step, alone, step + alone - 1, answer, passing);
        }

        /** Whether a single use is all that a process allows: what it used up is remembered, and not how often. */
        boolean isUsedUp() {
            return at == 2 && !answer.isTooMany();
        }

        @Override
        public int rank() {
            return answer.speaksOfOthers() ? 0 : 3;
        }
    }

    /**
     * It revokes what came with an earlier one.
     *
     * @param read the step that is refused with what it was accepted with before
     * @param answer what it is refused with
     * @param asAStranger whether that is no refusal by itself, but the answer that somebody gets who never came before
     */
    record Revoked(int step, int read, Answer answer, boolean asAStranger) implements Finding {
        @Override
        public int rank() {
            return 1;
        }
    }

    /**
     * It makes another thing each time.
     *
     * @param ids what tells the things apart
     */
    record Made(int step, Set<MadeIds.Place> ids) implements Finding {
        public Made {
            ids = Set.copyOf(ids);
        }

        @Override
        public int rank() {
            return 2;
        }
    }

    /**
     * What it tells goes on by the same amount each time.
     *
     * @param places where it tells the numbers
     */
    record Counted(int step, Set<Counting.Place> places) implements Finding {
        public Counted {
            places = Set.copyOf(places);
        }

        /** A limit is better told by what it refuses. */
        @Override
        public int rank() {
            return 4;
        }
    }
}
