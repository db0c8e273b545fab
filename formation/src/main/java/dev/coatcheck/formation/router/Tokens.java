package dev.coatcheck.formation.router;

/** The characters that HTTP names are made of (RFC 9110, section 5.6.2). */
final class Tokens {
    private Tokens() {}

    static boolean isTokenCharacter(int octet) {
        return isLetterOrDigit(octet) || (octet < 128 && "!#$%&'*+-.^_`|~".indexOf(octet) >= 0);
    }

    static boolean isLetterOrDigit(int octet) {
        return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') || (octet >= '0' && octet <= '9');
    }
}
