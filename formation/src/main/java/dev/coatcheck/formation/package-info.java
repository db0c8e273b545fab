/**
 * Runs an application as interchangeable processes behind one TCP port, attached to backing services by URL.
 *
 * <p>{@link dev.coatcheck.formation.application.Application#read} reads the files that describe the application,
 * {@link dev.coatcheck.formation.Formation} runs what they describe, and tells what happens as
 * {@linkplain dev.coatcheck.formation.event.Event events}.
 */
@NullMarked
package dev.coatcheck.formation;

import org.jspecify.annotations.NullMarked;
