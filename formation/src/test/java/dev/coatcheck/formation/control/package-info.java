@NullMarked
package dev.coatcheck.formation.control;

import org.jspecify.annotations.NullMarked;
