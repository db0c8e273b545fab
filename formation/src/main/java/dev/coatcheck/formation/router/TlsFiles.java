package dev.coatcheck.formation.router;

import java.nio.file.Path;

/**
 * Where a {@link Router} finds what it proves its name with, both as PEM. The files are looked at every few seconds and
 * read again when they have changed: a renewed certificate is used for new connections, and no connection is dropped.
 *
 * @param certificate the certificate of the server, followed by those that signed it, as in {@code fullchain.pem}
 * @param key its private key, unencrypted: PKCS#8 ({@code PRIVATE KEY}), or the older {@code RSA PRIVATE KEY} and
 *     {@code EC PRIVATE KEY}
 */
public record TlsFiles(Path certificate, Path key) {}
