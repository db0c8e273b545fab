/**
 * What is played to an application: a {@link dev.coatcheck.prove.scenario.Scenario} of numbered steps, whatever notation it
 * was written in. {@link dev.coatcheck.prove.scenario.ScenarioFiles} reads files,
 * {@link dev.coatcheck.prove.scenario.StepLines} the steps of a command line.
 */
@NullMarked
package dev.coatcheck.prove.scenario;

import org.jspecify.annotations.NullMarked;
