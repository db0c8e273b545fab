package dev.coatcheck.formation.export;

import dev.coatcheck.formation.router.RouterSettings;
import java.util.List;

/**
 * HAProxy in the router's place, as near to it as its settings allow: least connections, no affinity, instances checked by
 * the readiness path, requests sent again where that is safe, the same headers and time limits. For HAProxy 2.6 and later.
 *
 * @param tcpPort to listen on
 * @param process lines of the section {@code global}
 * @param resolvers a section, or nothing
 * @param instances the lines {@code server} of the one backend
 */
record HaproxyConfiguration(Plan plan, int tcpPort, List<String> process, String resolvers, List<String> instances) {

    String text(List<String> says, List<String> warnings) {
        RouterSettings.Timeouts timeouts = RouterSettings.defaults().timeouts();
        return Head.text(plan, says, warnings)
                + """

                global
                %1$s
                defaults
                    mode http
                    log global
                    option httplog
                    option dontlognull
                    timeout connect %2$ds
                    timeout http-request %3$ds
                    timeout http-keep-alive %4$ds
                    timeout client %5$ds
                    # Without a byte from an instance, the first or a later one: a stream has to send something sooner.
                    timeout server %6$ds
                    # A WebSocket without a byte in either direction.
                    timeout tunnel %7$ds
                    # A request waits this long for an instance below its maxconn, where one is set.
                    timeout queue %8$ds
                    # A connection that is refused: on another instance, whatever the method.
                    retries 3
                    option redispatch 1
                    # No answer: again only where http-request disable-l7-retry below does not forbid it.
                    retry-on conn-failure empty-response
                %9$s
                frontend public
                    # For HTTPS: bind :443 ssl crt /etc/haproxy/certs/ alpn h2,http/1.1
                    bind :%10$d
                    # A client's own name for its request is taken where it is one line of harmless characters.
                    unique-id-format %%[uuid]
                    http-request set-var(txn.id) req.fhdr(x-request-id,1)
                    acl sane_id var(txn.id) -m reg '^[A-Za-z0-9._~:/+=@-]{1,128}$'
                    http-request set-var(txn.id) unique-id unless sane_id
                    # What a client says of itself is not believed. Many applications read _ as -.
                    http-request del-header '^(forwarded|x[-_](forwarded[-_].*|real[-_]ip|request[-_]id))$' -m reg
                    http-request del-header '^(content_length|transfer_encoding)$' -m reg
                    http-request set-header X-Request-Id %%[var(txn.id)]
                    http-request set-header X-Forwarded-For %%[src]
                    http-request set-header X-Forwarded-Host %%[req.hdr(host)] if { req.hdr(host) -m found }
                    http-request set-header X-Forwarded-Proto https if { ssl_fc }
                    http-request set-header X-Forwarded-Proto http unless { ssl_fc }
                    # The TCP port that the client asked for, which Host names unless it is the usual one.
                    acl port_named req.hdr(host),port_only gt 0
                    http-request set-header X-Forwarded-Port %%[req.hdr(host),port_only] if port_named
                    http-request set-header X-Forwarded-Port 443 if !port_named { ssl_fc }
                    http-request set-header X-Forwarded-Port 80 if !port_named !{ ssl_fc }
                    default_backend web

                # No cookie, no stick table, no source hash: any instance answers any request.
                backend web
                    balance leastconn
                    acl idempotent method GET HEAD OPTIONS PUT DELETE
                    http-request disable-l7-retry unless idempotent
                    http-response set-header X-Coatcheck-Instance %%s
                    option httpchk
                    http-check send meth GET uri %11$s ver HTTP/1.1 hdr Host 127.0.0.1
                    %12$s
                    # An unused connection is closed before the application closes it, which is after 5 s in Node.
                    default-server check inter 1s fall 2 rise 1 observe layer4 error-limit 1 on-error mark-down pool-purge-delay %13$ds
                %14$s\
                """.formatted(
                                indented(process),
                                timeouts.connect().toSeconds(),
                                timeouts.requestHead().toSeconds(),
                                timeouts.keepAlive().toSeconds(),
                                2 * timeouts.requestBody().toSeconds(),
                                2 * timeouts.response().toSeconds(),
                                timeouts.stream().toSeconds(),
                                RouterSettings.defaults().hold().age().toSeconds(),
                                resolvers,
                                tcpPort,
                                path(),
                                expectation(),
                                timeouts.upstreamKeepAlive().toSeconds(),
                                indented(instances));
    }

    /** A path holds neither spaces nor backslashes, but may hold a single quote, which means something here. */
    private String path() {
        return plan.application().readinessPath().orElse("/").replace("'", "\\'");
    }

    /** The same as of the runner. */
    private String expectation() {
        return plan.application().readinessPath().isPresent()
                ? "http-check expect status 200-299"
                : "http-check expect ! rstatus ^5";
    }

    private static String indented(List<String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append("    ").append(line).append('\n'));
        return text.toString();
    }
}
