package dev.coatcheck.guides;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** What an application does at one path. */
interface Page {
    void serve(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException;
}
