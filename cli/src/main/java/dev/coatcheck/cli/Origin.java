package dev.coatcheck.cli;

import java.net.URI;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The address of an application: scheme, host and TCP port, and no more. */
final class Origin implements ITypeConverter<URI> {
    @Override
    public URI convert(String value) {
        if (!value.matches("https?://[^/?#@\\s]+/?")) {
            throw new TypeConversionException("expected http://HOST:PORT or https://HOST:PORT, not '"
                    + value.replaceFirst("//[^/@]*@", "//…@") + "'");
        }
        URI address = URI.create(value.replaceFirst("/$", ""));
        if (address.getHost() == null) {
            throw new TypeConversionException("'" + value + "' names no host");
        }
        return address;
    }
}
