@NullMarked
package dev.coatcheck.prove.record;

import org.jspecify.annotations.NullMarked;
