@NullMarked
package dev.coatcheck.redis;

import org.jspecify.annotations.NullMarked;
