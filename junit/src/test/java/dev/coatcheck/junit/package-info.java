@NullMarked
package dev.coatcheck.junit;

import org.jspecify.annotations.NullMarked;
