@NullMarked
package dev.coatcheck.prove.har;

import org.jspecify.annotations.NullMarked;
