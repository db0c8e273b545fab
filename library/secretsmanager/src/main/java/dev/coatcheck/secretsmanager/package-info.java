/** Secrets from AWS Secrets Manager; {@link dev.coatcheck.secretsmanager.SecretsManagerSource} says how. */
@NullMarked
package dev.coatcheck.secretsmanager;

import org.jspecify.annotations.NullMarked;
