@NullMarked
package dev.coatcheck.prove.bind;

import org.jspecify.annotations.NullMarked;
