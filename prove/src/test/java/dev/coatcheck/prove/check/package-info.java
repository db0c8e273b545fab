@NullMarked
package dev.coatcheck.prove.check;

import org.jspecify.annotations.NullMarked;
