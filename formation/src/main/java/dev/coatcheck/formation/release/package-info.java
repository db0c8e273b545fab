/**
 * Build, release and run as three stages: a build is a copy of an application's folder, a release is a build together with
 * its configuration, numbered and never changed, and what runs is made from a release alone.
 */
@NullMarked
package dev.coatcheck.formation.release;

import org.jspecify.annotations.NullMarked;
