@NullMarked
package dev.coatcheck.prove.play;

import org.jspecify.annotations.NullMarked;
