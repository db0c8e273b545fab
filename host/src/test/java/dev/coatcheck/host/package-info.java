@NullMarked
package dev.coatcheck.host;

import org.jspecify.annotations.NullMarked;
