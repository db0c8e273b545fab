package dev.coatcheck.servlet;

import jakarta.servlet.Filter;
import java.util.Map;

/** The servlet containers that every behaviour is shown in. */
enum Container {
    JETTY,
    TOMCAT;

    /** What a fleet may run beside this one. */
    Container other() {
        return switch (this) {
            case JETTY -> TOMCAT;
            case TOMCAT -> JETTY;
        };
    }

    /** Starts one, with pages by their paths. */
    WebServer start(Filter filter, Map<String, Page> pages) {
        return switch (this) {
            case JETTY -> JettyServer.start(filter, pages);
            case TOMCAT -> TomcatServer.start(filter, pages);
        };
    }
}
