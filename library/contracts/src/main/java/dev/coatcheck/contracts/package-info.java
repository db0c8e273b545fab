@NullMarked
package dev.coatcheck.contracts;

import org.jspecify.annotations.NullMarked;
