package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two releases of an application side by side on one store, as during every deploy, with a class that changed between them. */
class TwoReleasesTest extends FilterTest {

    record OldCart(String items) {}

    record NewCart(List<String> items) {}

    private static Map<String, Page> pages(Object cart) {
        return Map.of(
                "/login",
                (request, response) -> {
                    SessionUser.logIn(request, "ada");
                    request.getSession().setAttribute("theme", "dark");
                },
                "/put",
                (request, response) -> request.getSession().setAttribute("cart", cart),
                "/get",
                (request, response) -> {
                    var session = request.getSession();
                    response.getWriter()
                            .print(SessionUser.of(request).orElse("nobody") + " " + session.getAttribute("theme") + " "
                                    + session.getAttribute("cart"));
                });
    }

    @Test
    void a_class_that_changed_costs_its_attribute_while_the_session_lives_on_in_both() {
        var oldFilter = new SessionFilter(store, SETTINGS.withType("cart", OldCart.class));
        var newFilter = new SessionFilter(store, SETTINGS.withType("cart", NewCart.class));
        var before = start(oldFilter, pages(new OldCart("shoes")));
        var after = start(newFilter, pages(new NewCart(List.of("shoes", "hat"))));
        visitor.get(before, "/login");
        visitor.get(before, "/put");

        assertThat(visitor.get(after, "/get").body()).isEqualTo("ada dark null");
        assertThat(newFilter.unreadableAttributes()).isEqualTo(1);
        assertThat(visitor.get(before, "/get").body())
                .as("the release that can read it")
                .isEqualTo("ada dark OldCart[items=shoes]");

        visitor.get(after, "/put");

        assertThat(visitor.get(after, "/get").body()).isEqualTo("ada dark NewCart[items=[shoes, hat]]");
        assertThat(visitor.get(before, "/get").body()).isEqualTo("ada dark null");
        assertThat(oldFilter.unreadableAttributes()).isEqualTo(1);
    }
}
