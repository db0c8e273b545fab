@NullMarked
package dev.coatcheck.host.tcp;

import org.jspecify.annotations.NullMarked;
