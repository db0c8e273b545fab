package dev.coatcheck.secretsmanager;

import dev.coatcheck.process.config.SecretSource;
import java.util.regex.Pattern;

/**
 * Secrets of AWS Secrets Manager. A reference is the name or the ARN of a secret, and a field where the secret is a JSON object:
 * {@code aws-secretsmanager:gallery/production#database-url}. Without a field the secret is all of the text.
 *
 * <p>The region and the credentials are found as AWS's SDK finds them, in this process's own environment: {@code AWS_REGION},
 * {@code AWS_ACCESS_KEY_ID} and its like, the role of an ECS task, of a pod of EKS or of an EC2 instance.
 * {@code AWS_ENDPOINT_URL_SECRETS_MANAGER}, or {@code AWS_ENDPOINT_URL}, leads to another endpoint than AWS's. The process needs the
 * permission {@code secretsmanager:GetSecretValue}, and {@code kms:Decrypt} where the secret is encrypted with a key of its own.
 *
 * <p>Reading costs one request, signed, of the version {@code AWSCURRENT}; a region or a role that the machine has to be asked
 * for costs some more at the start, and a role's credentials whenever they end. Safe for use by several threads.
 */
public final class SecretsManagerSource implements SecretSource {
    private static final Pattern REFERENCE = Pattern.compile("[\\w/+=.@!:-]{1,2048}(#[^#\\s]+)?");

    @Override
    public String name() {
        return "aws-secretsmanager";
    }

    @Override
    public String example() {
        return "gallery/production#database-url";
    }

    @Override
    public boolean isReference(String text) {
        return REFERENCE.matcher(text).matches();
    }

    @Override
    public Reader reader(Variables variables) {
        return new SecretsManagerReader(variables);
    }
}
