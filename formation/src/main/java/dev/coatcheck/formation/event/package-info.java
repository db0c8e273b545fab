/** What happens in a formation, and how it is shown: one JSON object a line, or lines for a person at a terminal. */
@NullMarked
package dev.coatcheck.formation.event;

import org.jspecify.annotations.NullMarked;
