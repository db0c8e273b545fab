@NullMarked
package dev.coatcheck.prove.lab;

import org.jspecify.annotations.NullMarked;
