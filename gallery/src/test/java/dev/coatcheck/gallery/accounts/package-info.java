@NullMarked
package dev.coatcheck.gallery.accounts;

import org.jspecify.annotations.NullMarked;
