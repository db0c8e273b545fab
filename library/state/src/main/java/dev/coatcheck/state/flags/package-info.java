/**
 * Flags: what is switched on, and for whom, decided in the process and kept outside of it.
 *
 * <p>The port is {@link dev.coatcheck.state.flags.Flags}.
 */
@NullMarked
package dev.coatcheck.state.flags;

import org.jspecify.annotations.NullMarked;
