@NullMarked
package dev.coatcheck.prove.compare;

import org.jspecify.annotations.NullMarked;
