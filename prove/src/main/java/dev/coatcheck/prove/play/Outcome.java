package dev.coatcheck.prove.play;

/** What came of a step. */
public sealed interface Outcome {

    /** There was a response, whole. */
    record Answered(SentRequest request, Response response) implements Outcome {}

    /** There was no response, or none that was whole; whether the application has acted on the request is not known. */
    record Failed(SentRequest request, Failure failure, String why) implements Outcome {}

    /** The step could not be sent: a value that an earlier step should have captured is missing. */
    record NotSent(String why) implements Outcome {}

    /** Where an exchange ended. */
    enum Failure {
        NOT_CONNECTED("no connection"),
        NO_RESPONSE("no response"),
        CUT_OFF("a response that ended too early"),
        MALFORMED("a response that is not HTTP"),
        TIMED_OUT("no whole response in time");

        private final String words;

        Failure(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }
}
