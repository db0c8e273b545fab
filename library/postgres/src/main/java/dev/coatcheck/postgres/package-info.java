/**
 * The ports on PostgreSQL: {@link dev.coatcheck.postgres.Postgres#attach} a database by its URL, and it gives out
 * sessions, blobs and jobs.
 */
@NullMarked
package dev.coatcheck.postgres;

import org.jspecify.annotations.NullMarked;
