@NullMarked
package dev.coatcheck.formation;

import org.jspecify.annotations.NullMarked;
