@NullMarked
package dev.coatcheck.prove.location;

import org.jspecify.annotations.NullMarked;
