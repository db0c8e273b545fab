package dev.coatcheck.gallery.http;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import java.util.List;

/**
 * A path, and who answers it.
 *
 * @param filters what its requests pass before they reach the servlet, from the outside in
 */
public record Route(String path, HttpServlet servlet, List<Filter> filters) {
    public static Route of(String path, HttpServlet servlet, Filter... filters) {
        return new Route(path, servlet, List.of(filters));
    }
}
