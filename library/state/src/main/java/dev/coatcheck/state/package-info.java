@NullMarked
package dev.coatcheck.state;

import org.jspecify.annotations.NullMarked;
