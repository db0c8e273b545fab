package dev.coatcheck.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests as a team would write them. They are run by {@link ProveStatelessTest}. */
@ProveStateless(command = Samples.START + "cookie", checks = "spread", instances = 2)
class Samples {
    static final String START =
            "exec \"${JAVA_HOME:+$JAVA_HOME/bin/}java\" -XX:TieredStopAtLevel=1 -cp target/test-classes dev.coatcheck.junit.Shop ";

    @Test
    void in_a_cookie(@BaseUrl URI shop) throws Exception {
        useTheCart(shop.toString());
    }

    @Test
    @ProveStateless(command = START + "memory", checks = "spread", instances = 2, report = "target/proofs")
    void in_memory(@BaseUrl String shop) throws Exception {
        useTheCart(shop);
    }

    @Test
    @ProveStateless(jar = "target/shop.jar", checks = "spread")
    void the_cart_keeps_what_was_put_into_it(@BaseUrl URI shop) throws Exception {
        HttpClient browser =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
        HttpRequest.Builder cart = HttpRequest.newBuilder(shop.resolve("/cart"));
        browser.send(cart.POST(BodyPublishers.ofString("17")).build(), BodyHandlers.discarding());
        assertThat(browser.send(cart.GET().build(), BodyHandlers.ofString()).body())
                .isEqualTo("cart of 17");
    }

    @Test
    void of_one_request(@BaseUrl String shop) throws Exception {
        send(HttpClient.newHttpClient(), HttpRequest.newBuilder(URI.create(shop + "/")));
    }

    @Test
    void of_no_request() {}

    @Test
    @ProveStateless(command = START + "cookie", checks = "spread", report = "target/proofs")
    void that_fails(@BaseUrl String shop) throws Exception {
        useTheCart(shop);
        assertThat("the test's own").isEqualTo("failure");
    }

    @Test
    @ProveStateless(command = "exit 3", checks = "spread")
    void of_what_does_not_start() {}

    @Test
    @ProveStateless(command = START + "cookie", checks = "spred")
    void of_no_such_check() {}

    @Test
    @ProveStateless
    void of_what_nobody_starts() {}

    @org.junit.jupiter.api.Nested
    class Nested {
        static String cleanedUp = "";

        private URI shop = URI.create("http://localhost");

        @Test
        void that_cleans_up(@BaseUrl URI shop) throws Exception {
            this.shop = shop;
            useTheCart(shop.toString());
        }

        @AfterEach
        void clean_up() throws Exception {
            try (HttpClient client = HttpClient.newHttpClient()) {
                cleanedUp = send(client, HttpRequest.newBuilder(shop.resolve("/clean")));
            }
        }
    }

    private static void useTheCart(String shop) throws IOException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build()) {
            HttpRequest.Builder cart = HttpRequest.newBuilder(URI.create(shop + "/cart"));
            send(client, cart.copy().POST(BodyPublishers.ofString("17")));
            assertThat(send(client, cart.copy().GET())).isEqualTo("cart of 17");
        }
    }

    private static String send(HttpClient client, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString()).body();
    }
}
