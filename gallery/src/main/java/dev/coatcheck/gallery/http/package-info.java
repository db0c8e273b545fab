/** What all of the gallery's answers over HTTP have in common: JSON, errors, headers, and the server itself. */
@NullMarked
package dev.coatcheck.gallery.http;

import org.jspecify.annotations.NullMarked;
