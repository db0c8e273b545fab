package dev.coatcheck.secretsmanager;

import com.sun.net.httpserver.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** AWS's signature of the fourth version, computed anew from a request as AWS's documentation says a server does. */
final class Signature {
    static final String KEY_ID = "AKIDEXAMPLE";
    static final String KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    static final String REGION = "eu-west-1";
    static final String SESSION_TOKEN = "X-Amz-Security-Token";

    private static final Pattern AUTHORIZATION = Pattern.compile("AWS4-HMAC-SHA256 Credential=" + KEY_ID + "/(\\d{8})/"
            + REGION + "/secretsmanager/aws4_request," + " SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})");

    private Signature() {}

    static boolean isRight(HttpExchange exchange, byte[] body) {
        var headers = exchange.getRequestHeaders();
        var authorization = AUTHORIZATION.matcher(String.valueOf(headers.getFirst("Authorization")));
        if (!authorization.matches()) {
            return false;
        }
        var names = List.of(authorization.group(2).split(";"));
        if (!names.containsAll(List.of("host", "x-amz-date"))
                || (headers.containsKey(SESSION_TOKEN) && !names.contains("x-amz-security-token"))) {
            return false;
        }
        var canonicalHeaders = names.stream()
                .map(name -> name.toLowerCase(Locale.ROOT) + ":"
                        + String.join(",", headers.getOrDefault(name, List.of()))
                                .strip() + "\n")
                .collect(Collectors.joining());
        var canonical = "POST\n/\n\n" + canonicalHeaders + "\n" + authorization.group(2) + "\n" + hex(sha256(body));
        var scope = authorization.group(1) + "/" + REGION + "/secretsmanager/aws4_request";
        var toSign = "AWS4-HMAC-SHA256\n" + headers.getFirst("X-Amz-Date") + "\n" + scope + "\n"
                + hex(sha256(canonical.getBytes(StandardCharsets.UTF_8)));
        var key = ("AWS4" + KEY).getBytes(StandardCharsets.UTF_8);
        for (var step : List.of(authorization.group(1), REGION, "secretsmanager", "aws4_request")) {
            key = hmac(key, step);
        }
        return hex(hmac(key, toSign)).equals(authorization.group(3));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
