@NullMarked
package dev.coatcheck.process;

import org.jspecify.annotations.NullMarked;
