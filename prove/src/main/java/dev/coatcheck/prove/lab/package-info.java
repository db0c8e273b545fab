/**
 * Where an application is tried out: a {@link dev.coatcheck.prove.lab.Plan} says which process serves which step, with which
 * disk, and which processes are killed when; the {@link dev.coatcheck.prove.lab.Lab} plays it with real processes on clean
 * disks and clean backing services and tells what came of it.
 */
@NullMarked
package dev.coatcheck.prove.lab;

import org.jspecify.annotations.NullMarked;
