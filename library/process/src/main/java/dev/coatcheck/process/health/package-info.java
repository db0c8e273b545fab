/**
 * How a process is: {@link dev.coatcheck.process.health.Health} answers whether it lives and whether it is ready,
 * {@link dev.coatcheck.process.health.Metrics} measures it. {@link dev.coatcheck.process.health.HealthEndpoints} is the same
 * as answers to paths, for any web server; {@link dev.coatcheck.process.health.HealthServer} serves them where there is none.
 */
@NullMarked
package dev.coatcheck.process.health;

import org.jspecify.annotations.NullMarked;
