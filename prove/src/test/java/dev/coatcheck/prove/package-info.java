@NullMarked
package dev.coatcheck.prove;

import org.jspecify.annotations.NullMarked;
