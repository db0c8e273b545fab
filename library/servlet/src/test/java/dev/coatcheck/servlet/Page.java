package dev.coatcheck.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** What an application under test does at one path. */
interface Page {
    void serve(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException;

    default HttpServlet asServlet() {
        return new PageServlet(this);
    }

    @SuppressWarnings("serial") // never serialised
    final class PageServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private final transient Page page;

        PageServlet(Page page) {
            this.page = page;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            page.serve(request, response);
        }
    }
}
