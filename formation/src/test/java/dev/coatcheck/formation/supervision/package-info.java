@NullMarked
package dev.coatcheck.formation.supervision;

import org.jspecify.annotations.NullMarked;
