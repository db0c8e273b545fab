@NullMarked
package dev.coatcheck.cli;

import org.jspecify.annotations.NullMarked;
