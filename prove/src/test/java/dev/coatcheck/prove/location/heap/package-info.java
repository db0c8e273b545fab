@NullMarked
package dev.coatcheck.prove.location.heap;

import org.jspecify.annotations.NullMarked;
