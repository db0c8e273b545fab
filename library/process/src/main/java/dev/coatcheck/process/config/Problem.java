package dev.coatcheck.process.config;

import java.util.List;

/**
 * One thing that is wrong with the configuration. It never contains a secret: values of type {@link Secret} are left out,
 * and credentials within other values, as in a URL, are masked.
 *
 * @param subject the variable; or, where values contradict one another, the record that refused them
 * @param wrong   what is wrong, to be read after the subject: {@code is not set}
 * @param help    what to do about it, a line each: a name that nearly matches, what the variable is for, what is expected
 */
public record Problem(String subject, String wrong, List<String> help) {
    public Problem {
        help = List.copyOf(help);
    }

    @Override
    public String toString() {
        return subject + " " + wrong;
    }
}
