/** The contracts on a real Redis, and what is Redis's own. */
@NullMarked
package dev.coatcheck.redis;

import org.jspecify.annotations.NullMarked;
