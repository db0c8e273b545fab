/**
 * What the ports share. Each port is a package of its own below this one: one interface, with its result types and
 * settings beside it, and no dependency on any backing service.
 */
@NullMarked
package dev.coatcheck.state;

import org.jspecify.annotations.NullMarked;
