package dev.coatcheck.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The parameter, a {@link java.net.URI} or a {@link String}, gets the address of the application that {@link ProveStateless} has
 * started: {@code http://localhost:PORT}, without a slash at its end.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface BaseUrl {}
