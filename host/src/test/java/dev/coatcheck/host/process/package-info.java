@NullMarked
package dev.coatcheck.host.process;

import org.jspecify.annotations.NullMarked;
