package dev.coatcheck.servlet;

/** The servlet containers that every behaviour is shown in. */
enum Container {
    JETTY(JettyServer::start),
    TOMCAT(TomcatServer::start);

    final WebServer.Starter starter;

    Container(WebServer.Starter starter) {
        this.starter = starter;
    }
}
