package dev.coatcheck.process.config;

import java.util.stream.Stream;

/** A component of a record: one variable, or a record of its own. */
sealed interface Part permits Setting, Group {

    /** The variables that it reads, in order. */
    Stream<Setting> settings();
}
