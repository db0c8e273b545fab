@NullMarked
package dev.coatcheck.prove.isolation;

import org.jspecify.annotations.NullMarked;
