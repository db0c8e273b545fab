package dev.coatcheck.formation.control;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;

/** What a formation says to a {@link Request}: any number of these, a line each, and {@link Done} or {@link Failed} last. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "answer")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Answer.Instances.class, name = "instances"),
    @JsonSubTypes.Type(value = Answer.Services.class, name = "services"),
    @JsonSubTypes.Type(value = Answer.Releases.class, name = "releases"),
    @JsonSubTypes.Type(value = Answer.OneOff.class, name = "one-off"),
    @JsonSubTypes.Type(value = Answer.Text.class, name = "text"),
    @JsonSubTypes.Type(value = Answer.Progress.class, name = "progress"),
    @JsonSubTypes.Type(value = Answer.Runner.class, name = "runner"),
    @JsonSubTypes.Type(value = Answer.Done.class, name = "done"),
    @JsonSubTypes.Type(value = Answer.Failed.class, name = "failed")
})
sealed interface Answer {
    record Instances(List<InstanceView> instances) implements Answer {}

    record Services(List<ServiceView> services) implements Answer {}

    record Releases(List<ReleaseView> releases) implements Answer {}

    record OneOff(String name, String folder, Map<String, String> environment) implements Answer {}

    /** To be shown as it is; it has the ends of its lines. */
    record Text(String text) implements Answer {}

    /** What is being done, for whoever waits: one or several lines. */
    record Progress(String message) implements Answer {}

    /** To {@link Request.Stop}, at once: the process that is to end. */
    record Runner(long pid) implements Answer {}

    record Done(String message) implements Answer {}

    record Failed(String message) implements Answer {}
}
