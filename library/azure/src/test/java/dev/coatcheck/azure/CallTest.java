package dev.coatcheck.azure;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * What is signed at Azure's own, where the account is part of the host's name, written down as its documentation has it; the
 * emulator sees the other form.
 */
class CallTest {
    private static final AzureUrl URL = AzureUrl.parse("https://ada1:a2V5@ada1.blob.core.windows.net/photos");

    @Test
    void a_blob_that_is_stored_is_signed_with_its_length_its_md5_and_all_that_is_said_of_it() {
        var request = Call.blob("PUT", "a'(1)!*/b")
                .header("x-ms-blob-type", "BlockBlob")
                .header("x-ms-blob-content-type", "text/plain")
                .header("if-none-match", "*")
                .body(BodyPublishers.ofByteArray(new byte[5]), "bWQ1")
                .signed(URL);

        assertThat(request.uri()).hasToString("https://ada1.blob.core.windows.net/photos/a%27%281%29%21%2A/b");
        assertSigned(request, """
                PUT


                5
                bWQ1




                *


                x-ms-blob-content-type:text/plain
                x-ms-blob-type:BlockBlob
                x-ms-date:%s
                x-ms-version:2021-12-02
                /ada1/photos/a%%27%%281%%29%%21%%2A/b""");
    }

    @Test
    void an_empty_body_is_signed_without_a_length() {
        var request =
                Call.blob("PUT", "a").body(BodyPublishers.noBody(), "bWQ1").signed(URL);

        assertSigned(request, """
                PUT



                bWQ1







                x-ms-date:%s
                x-ms-version:2021-12-02
                /ada1/photos/a""");
    }

    @Test
    void a_list_is_signed_with_its_parameters_decoded_and_by_their_names() {
        var request = Call.list()
                .query("prefix", "p (1)/")
                .query("startFrom", "p (1)/a")
                .query("maxresults", "11")
                .signed(URL);

        assertThat(request.uri().getRawQuery())
                .isEqualTo("comp=list&maxresults=11&prefix=p%20%281%29%2F&restype=container&startFrom=p%20%281%29%2Fa");
        assertSigned(request, """
                GET











                x-ms-date:%s
                x-ms-version:2026-02-06
                /ada1/photos
                comp:list
                maxresults:11
                prefix:p (1)/
                restype:container
                startfrom:p (1)/a""");
    }

    @Test
    void leave_is_signed_for_a_key_as_it_is() {
        var leave = new AzurePresignedBlobs(URL).get("a'(1)!*/b", Duration.ofHours(1));
        var parameters = Arrays.stream(leave.url().getQuery().split("&"))
                .map(parameter -> parameter.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));

        assertThat(parameters)
                .containsAllEntriesOf(Map.of("sp", "r", "spr", "https", "sv", "2021-12-02", "sr", "b"))
                .containsEntry("se", leave.expiresAt().toString())
                .containsEntry("sig", URL.key().sign("""
                                        r

                                        %s
                                        /blob/ada1/photos/a'(1)!*/b


                                        https
                                        2021-12-02
                                        b






                                        """.formatted(leave.expiresAt())));
    }

    private static void assertSigned(HttpRequest request, String text) {
        var date = request.headers().firstValue("x-ms-date").orElseThrow();
        assertThat(request.headers().firstValue("authorization"))
                .contains("SharedKey ada1:" + URL.key().sign(text.formatted(date)));
    }
}
