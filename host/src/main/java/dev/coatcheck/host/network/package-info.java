/**
 * Networks for tests: {@link dev.coatcheck.host.network.CuttableNetwork} is one that is cut as a cable is. Linux alone.
 */
@NullMarked
package dev.coatcheck.host.network;

import org.jspecify.annotations.NullMarked;
