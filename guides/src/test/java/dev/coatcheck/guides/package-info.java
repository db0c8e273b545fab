/** The guides under {@code docs/}: their samples, as two instances run them, and the table of ports. */
@NullMarked
package dev.coatcheck.guides;

import org.jspecify.annotations.NullMarked;
