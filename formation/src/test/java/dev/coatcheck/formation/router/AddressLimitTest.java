package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AddressLimitTest extends RouterTest {
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** Of this machine, as others see it: a connection to it comes from it, too. */
    private static InetAddress outward() throws Exception {
        Optional<InetAddress> address = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress())
                .findFirst();
        assumeTrue(address.isPresent(), "this machine has no address but loopback");
        return address.get();
    }

    private Router router(int most, boolean trustForwarded) throws Exception {
        Router router = router(settings()
                .withHost("0.0.0.0")
                .withTrustForwarded(trustForwarded)
                .withLimits(RouterSettings.Limits.defaults().withConnectionsPerAddress(most)));
        router.add("web.1", answering("well").address());
        return router;
    }

    private Socket connect(Router router, InetAddress to) throws Exception {
        Socket socket = closeLater(new Socket(to, router.port()));
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static boolean isServed(Socket socket) {
        try {
            socket.getOutputStream().write(REQUEST);
            return socket.getInputStream().read() == 'H';
        } catch (IOException closed) {
            return false;
        }
    }

    @Test
    void an_address_has_only_so_many_connections_until_it_closes_some() throws Exception {
        InetAddress here = outward();
        Router router = router(3, false);
        Socket first = connect(router, here);
        assertThat(isServed(first)).isTrue();
        assertThat(isServed(connect(router, here))).isTrue();
        assertThat(isServed(connect(router, here))).isTrue();

        assertThat(isServed(connect(router, here))).isFalse();
        assertThat(notices).containsExactly(new Notice.TooManyConnections(here.getHostAddress(), 3));

        first.close();
        await().until(() -> isServed(connect(router, here)));
        assertThat(isServed(connect(router, here))).isFalse();
    }

    @Test
    void clients_on_this_machine_and_those_of_a_proxy_in_front_are_not_counted() throws Exception {
        Router router = router(1, false);
        Router behindProxy = router(1, true);
        InetAddress here = outward();
        for (int i = 0; i < 5; i++) {
            assertThat(isServed(connect(router, InetAddress.getLoopbackAddress())))
                    .isTrue();
            assertThat(isServed(connect(behindProxy, here))).isTrue();
        }
    }

    @Test
    void a_network_of_ipv6_counts_as_one_address() throws Exception {
        assertThat(AddressLimit.counted(InetAddress.ofLiteral("2001:db8:1:2:3:4:5:6")))
                .isEqualTo(AddressLimit.counted(InetAddress.ofLiteral("2001:db8:1:2::1")))
                .isNotEqualTo(AddressLimit.counted(InetAddress.ofLiteral("2001:db8:1:3::1")));
        assertThat(AddressLimit.counted(InetAddress.ofLiteral("192.0.2.1")))
                .isEqualTo(InetAddress.ofLiteral("192.0.2.1"));
    }
}
