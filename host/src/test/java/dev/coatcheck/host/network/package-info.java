@NullMarked
package dev.coatcheck.host.network;

import org.jspecify.annotations.NullMarked;
