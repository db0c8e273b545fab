@NullMarked
package dev.coatcheck.formation.event;

import org.jspecify.annotations.NullMarked;
