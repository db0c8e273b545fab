@NullMarked
package dev.coatcheck.prove.report;

import org.jspecify.annotations.NullMarked;
