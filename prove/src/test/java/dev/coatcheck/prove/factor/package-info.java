@NullMarked
package dev.coatcheck.prove.factor;

import org.jspecify.annotations.NullMarked;
