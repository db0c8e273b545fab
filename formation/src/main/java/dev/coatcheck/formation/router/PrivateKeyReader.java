package dev.coatcheck.formation.router;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a private key from PEM. The platform reads PKCS#8 (RFC 5208) and nothing else; the older forms, PKCS#1 (RFC
 * 8017) for RSA and SEC 1 (RFC 5915) for elliptic curves, are what PKCS#8 wraps, beside the name of the algorithm. That
 * name is taken from the certificate's public key, which has to be of the same kind anyway.
 */
final class PrivateKeyReader {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final byte[] VERSION = {2, 1, 0};
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;

    private PrivateKeyReader() {}

    static PrivateKey read(Path file, String pem, PublicKey matching) {
        Matcher block = BLOCK.matcher(pem);
        if (!block.find()) {
            throw new InvalidTlsFilesException(
                    "The TLS key " + file + " holds no private key: a line '-----BEGIN PRIVATE KEY-----' is expected.");
        }
        String kind = block.group(1);
        String text = block.group(2);
        if (kind.startsWith("ENCRYPTED") || text.contains("ENCRYPTED")) {
            throw new InvalidTlsFilesException("The TLS key " + file + " is encrypted, and nobody is there to type its"
                    + " password. Decrypt it: openssl pkey -in " + file.getFileName() + " -out decrypted.pem");
        }
        try {
            byte[] content = Base64.getMimeDecoder().decode(text);
            byte[] pkcs8 = kind.equals("PRIVATE KEY") ? content : wrapped(content, matching);
            return KeyFactory.getInstance(matching.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new InvalidTlsFilesException(
                    "The TLS key " + file + " is damaged, or not of the kind that the certificate needs ("
                            + matching.getAlgorithm() + ").",
                    e);
        }
    }

    private static byte[] wrapped(byte[] key, PublicKey matching) {
        return element(SEQUENCE, VERSION, algorithm(matching.getEncoded()), element(OCTET_STRING, key));
    }

    /** The first element of a SubjectPublicKeyInfo (RFC 5280, section 4.1). */
    private static byte[] algorithm(byte[] publicKeyInfo) {
        int begin = contentAt(publicKeyInfo, 0);
        int content = contentAt(publicKeyInfo, begin);
        int end = content + length(publicKeyInfo, begin);
        return Arrays.copyOfRange(publicKeyInfo, begin, end);
    }

    private static int contentAt(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int length(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = at + 2; i < contentAt(der, at); i++) {
            length = length << 8 | (der[i] & 0xff);
        }
        return length;
    }

    private static byte[] element(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int length = content.size();
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        if (length < 0x80) {
            element.write(length);
        } else {
            int octets = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / 8;
            element.write(0x80 | octets);
            for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8) {
                element.write(length >> shift);
            }
        }
        element.writeBytes(content.toByteArray());
        return element.toByteArray();
    }
}
