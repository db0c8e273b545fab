/**
 * An application written down for an engine that runs it on other machines: Kubernetes, systemd or Compose. What an engine
 * cannot do that the runner does is told as a warning, and stands at the head of the file.
 */
@NullMarked
package dev.coatcheck.formation.export;

import org.jspecify.annotations.NullMarked;
