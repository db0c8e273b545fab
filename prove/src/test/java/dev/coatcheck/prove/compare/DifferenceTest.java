package dev.coatcheck.prove.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.compare.Difference.Part;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DifferenceTest {
    @Test
    void of_a_redirect_it_is_most_telling_where_it_leads() {
        Difference page = difference(Part.BODY, "line 1", "Found. Redirecting to /", "Found. Redirecting to /login");
        Difference location = difference(Part.HEADER, "Location", "/", "/login");
        Difference other = difference(Part.HEADER, "X-Powered-By", "a", "b");
        Difference status = difference(Part.STATUS, "", "302", "401");

        assertThat(Difference.mostTelling(List.of(page, other, location))).isEqualTo(location);
        assertThat(Difference.mostTelling(List.of(page, other))).isEqualTo(page);
        assertThat(Difference.mostTelling(List.of(location, status))).isEqualTo(status);
    }

    private static Difference difference(Part part, String place, String control, String fleet) {
        return new Difference(2, part, place, Optional.of(control), Optional.of(fleet));
    }
}
