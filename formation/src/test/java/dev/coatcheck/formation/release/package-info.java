@NullMarked
package dev.coatcheck.formation.release;

import org.jspecify.annotations.NullMarked;
