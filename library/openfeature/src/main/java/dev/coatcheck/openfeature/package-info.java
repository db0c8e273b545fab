/**
 * Flags for OpenFeature, the standard interface that application code asks: {@link dev.coatcheck.openfeature.FlagsProvider}
 * on Coatcheck's port, and {@link dev.coatcheck.openfeature.ConfiguredProvider} for any other provider.
 */
@NullMarked
package dev.coatcheck.openfeature;

import org.jspecify.annotations.NullMarked;
