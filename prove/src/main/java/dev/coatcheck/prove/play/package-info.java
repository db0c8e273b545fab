/**
 * Plays the steps of a scenario to instances of an application, and remembers what was sent and received: a
 * {@link dev.coatcheck.prove.play.Conversation} makes {@linkplain dev.coatcheck.prove.play.Exchange exchanges}.
 */
@NullMarked
package dev.coatcheck.prove.play;

import org.jspecify.annotations.NullMarked;
