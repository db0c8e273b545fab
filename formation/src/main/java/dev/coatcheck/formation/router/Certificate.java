package dev.coatcheck.formation.router;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * What the router proves its name with, read and found usable: the chain begins with the certificate that the key
 * belongs to, and that certificate is valid today.
 */
record Certificate(List<X509Certificate> chain, PrivateKey key) {

    static Certificate read(TlsFiles files, Instant now) {
        List<X509Certificate> chain = chain(files.certificate());
        X509Certificate own = chain.getFirst();
        if (now.isAfter(own.getNotAfter().toInstant())) {
            throw new InvalidTlsFilesException("The TLS certificate " + files.certificate() + " expired on "
                    + own.getNotAfter().toInstant() + ". Renew it.");
        }
        if (now.isBefore(own.getNotBefore().toInstant())) {
            throw new InvalidTlsFilesException("The TLS certificate " + files.certificate() + " is not valid before "
                    + own.getNotBefore().toInstant() + ". Check the clock, or wait.");
        }
        PrivateKey key = PrivateKeyReader.read(files.key(), text(files.key(), "key"), own.getPublicKey());
        if (!belongTogether(own.getPublicKey(), key)) {
            throw new InvalidTlsFilesException("The TLS key " + files.key() + " does not belong to the first"
                    + " certificate in " + files.certificate() + " (" + own.getSubjectX500Principal()
                    + "). The server's own certificate has to come first, and those that signed it after it.");
        }
        return new Certificate(chain, key);
    }

    Instant expires() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    SSLContext context() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            char[] inMemoryOnly = new char[0];
            store.setKeyEntry("router", key, inMemoryOnly, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, inMemoryOnly);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new InvalidTlsFilesException("This JDK cannot use the TLS certificate and its key: " + e, e);
        }
    }

    private static List<X509Certificate> chain(Path file) {
        String pem = text(file, "certificate");
        try {
            List<X509Certificate> chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            if (!chain.isEmpty()) {
                return chain;
            }
        } catch (CertificateException e) {
            throw new InvalidTlsFilesException("The TLS certificate " + file + " is damaged, or not PEM.", e);
        }
        throw new InvalidTlsFilesException("The TLS certificate " + file
                + " holds no certificate: a line '-----BEGIN CERTIFICATE-----' is expected.");
    }

    private static String text(Path file, String what) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new InvalidTlsFilesException("The TLS " + what + " " + file + " is not there.", e);
        } catch (IOException e) {
            throw new InvalidTlsFilesException("The TLS " + what + " " + file + " cannot be read (" + e + ").", e);
        }
    }

    private static boolean belongTogether(PublicKey shown, PrivateKey kept) {
        byte[] words = "what one signs the other recognizes".getBytes(StandardCharsets.US_ASCII);
        try {
            Signature signature = Signature.getInstance(
                    switch (kept.getAlgorithm()) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> kept.getAlgorithm();
                    });
            signature.initSign(kept);
            signature.update(words);
            byte[] signed = signature.sign();
            signature.initVerify(shown);
            signature.update(words);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
