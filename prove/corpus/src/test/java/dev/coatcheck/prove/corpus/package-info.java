/** Small applications, each proved and its verdict compared with the one that is right. */
@NullMarked
package dev.coatcheck.prove.corpus;

import org.jspecify.annotations.NullMarked;
