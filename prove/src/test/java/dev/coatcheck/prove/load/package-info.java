@NullMarked
package dev.coatcheck.prove.load;

import org.jspecify.annotations.NullMarked;
