package dev.coatcheck.formation.control;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What can be asked of a formation that runs. One line of JSON, whose {@code command} says which of these it is. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "command")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Request.Ps.class, name = "ps"),
    @JsonSubTypes.Type(value = Request.Services.class, name = "services"),
    @JsonSubTypes.Type(value = Request.Releases.class, name = "releases"),
    @JsonSubTypes.Type(value = Request.Metrics.class, name = "metrics"),
    @JsonSubTypes.Type(value = Request.Logs.class, name = "logs"),
    @JsonSubTypes.Type(value = Request.Run.class, name = "run"),
    @JsonSubTypes.Type(value = Request.Scale.class, name = "scale"),
    @JsonSubTypes.Type(value = Request.Restart.class, name = "restart"),
    @JsonSubTypes.Type(value = Request.Roll.class, name = "roll"),
    @JsonSubTypes.Type(value = Request.Rollback.class, name = "rollback"),
    @JsonSubTypes.Type(value = Request.Pause.class, name = "pause"),
    @JsonSubTypes.Type(value = Request.Resume.class, name = "resume"),
    @JsonSubTypes.Type(value = Request.Stop.class, name = "stop")
})
public sealed interface Request {
    /** Answered by {@link Answer.Instances}. */
    record Ps() implements Request {}

    /** Answered by {@link Answer.Services}. */
    record Services() implements Request {}

    /** Answered by {@link Answer.Releases}. */
    record Releases() implements Request {}

    /** Answered by one {@link Answer.Text}. */
    record Metrics() implements Request {}

    /**
     * Answered by {@link Answer.Text} for each event.
     *
     * @param follow whether to go on with what happens from now on, until the client goes away
     * @param latest how many of those that were already
     * @param types process types or instances, as {@code web} or {@code web.2}; all, and what is told of the formation itself,
     *     if empty
     * @param json one JSON object a line instead of lines for people
     * @param coloured whether lines for people have colours
     */
    record Logs(boolean follow, int latest, List<String> types, boolean json, boolean coloured) implements Request {
        public Logs {
            types = List.copyOf(types);
        }
    }

    /**
     * Answered by {@link Answer.OneOff}: what a process is to be started with. It counts as running until the client goes
     * away.
     *
     * @param words the command, for the log
     */
    record Run(String words) implements Request {}

    /** What changes a formation, and is answered by {@link Answer.Progress} until it is done, or undone. */
    sealed interface Change extends Request {}

    /** Brings process types to these quantities. */
    record Scale(Map<String, Integer> quantities) implements Change {
        public Scale {
            quantities = Map.copyOf(quantities);
        }
    }

    /** Replaces an instance, those of a process type, or all. */
    record Restart(Optional<String> which) implements Change {}

    /** Makes the next release of what the folder holds, and replaces all instances. */
    record Roll() implements Change {}

    /** Replaces all instances by those of an earlier release; by default the one before the current. */
    record Rollback(Optional<Integer> number) implements Change {}

    /** Holds requests. */
    record Pause() implements Change {}

    /** Lets requests go on. */
    record Resume() implements Change {}

    /** Ends the formation, and any other change first. */
    record Stop() implements Change {}
}
