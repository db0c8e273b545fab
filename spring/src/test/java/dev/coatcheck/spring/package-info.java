@NullMarked
package dev.coatcheck.spring;

import org.jspecify.annotations.NullMarked;
