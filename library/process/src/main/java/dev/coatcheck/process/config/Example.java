package dev.coatcheck.process.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A value that would do. Shown with problems and in the generated {@code .env.example}; without it the type's own example is shown.
 * The text is checked when the record is first read, so that the documentation stays true. Never a real secret.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Example {
    String value();
}
