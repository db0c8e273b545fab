@NullMarked
package dev.coatcheck.memcached;

import org.jspecify.annotations.NullMarked;
