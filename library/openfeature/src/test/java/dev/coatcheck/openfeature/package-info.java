@NullMarked
package dev.coatcheck.openfeature;

import org.jspecify.annotations.NullMarked;
