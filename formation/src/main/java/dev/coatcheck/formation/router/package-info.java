/**
 * The router: one public TCP port in front of any number of interchangeable instances, without affinity.
 *
 * <p>{@link dev.coatcheck.formation.router.Router} accepts requests and hands each to the ready instance with the
 * fewest requests in flight. A request that an instance did not begin to answer goes to another one where HTTP allows
 * it; while nothing is ready, requests are held. The bytes of HTTP are read and written by Undertow; what is decided
 * between them is decided here.
 */
@NullMarked
package dev.coatcheck.formation.router;

import org.jspecify.annotations.NullMarked;
