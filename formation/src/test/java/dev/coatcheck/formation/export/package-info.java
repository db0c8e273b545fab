@NullMarked
package dev.coatcheck.formation.export;

import org.jspecify.annotations.NullMarked;
