/** Tests of the router against real servers on loopback, and real processes that are killed. */
@NullMarked
package dev.coatcheck.formation.router;

import org.jspecify.annotations.NullMarked;
