package dev.coatcheck.azure;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Empty containers on the shared server, and what is attached to them, for the length of a test. */
final class Containers implements AfterEachCallback {
    /** Small blocks, so that what is large for a test has some; what the contract replaces all the time has one. */
    static final AzureSettings SETTINGS = AzureSettings.defaults().withBlockBytes(2 << 20);

    private final List<Azure> attached = new ArrayList<>();
    private String url = "";

    /** Attaches a new container; the one that is meant from then on. */
    Azure fresh() {
        url = AzuriteServer.shared().freshContainer();
        return attach(url, SETTINGS);
    }

    /** Attaches a container until the end of the test. */
    Azure attach(String url, AzureSettings settings) {
        var azure = Azure.attach(url, settings);
        attached.add(azure);
        return azure;
    }

    /** The container that is meant. */
    String url() {
        return url;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        attached.forEach(Azure::close);
    }
}
