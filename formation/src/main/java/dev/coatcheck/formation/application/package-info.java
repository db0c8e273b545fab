/**
 * What is to be run, read from the files that people already have: {@code Procfile}, {@code .env} and {@code app.json}.
 * Every problem in all of them is told at once, before anything is started.
 */
@NullMarked
package dev.coatcheck.formation.application;

import org.jspecify.annotations.NullMarked;
