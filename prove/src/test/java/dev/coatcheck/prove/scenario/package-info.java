@NullMarked
package dev.coatcheck.prove.scenario;

import org.jspecify.annotations.NullMarked;
