@NullMarked
package dev.coatcheck.formation.application;

import org.jspecify.annotations.NullMarked;
