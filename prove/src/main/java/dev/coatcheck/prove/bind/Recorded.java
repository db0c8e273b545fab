package dev.coatcheck.prove.bind;

import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.scenario.Step;

/** A step with the response it got when it was recorded, or in a run of the control. */
public record Recorded(Step step, Response response) {}
