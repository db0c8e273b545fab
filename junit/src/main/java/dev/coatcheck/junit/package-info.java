/**
 * For integration tests on JUnit 5 or 6: {@link dev.coatcheck.junit.ProveStateless} makes of what a test does with an application a
 * proof that its processes are stateless.
 */
@NullMarked
package dev.coatcheck.junit;

import org.jspecify.annotations.NullMarked;
