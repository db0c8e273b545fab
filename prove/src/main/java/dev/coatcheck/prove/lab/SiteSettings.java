package dev.coatcheck.prove.lab;

import java.util.List;

/** What is proved: an application that is to be started, or instances that run already. */
public sealed interface SiteSettings permits LabSettings, ElsewhereSettings {
    /**
     * Makes ready what it takes to try plans.
     *
     * @throws InconclusiveException if that cannot be done
     */
    Site open();

    /** What a proof there cannot show, or shows less well, in sentences. */
    List<String> weaknesses();

    /** How many instances a conversation is spread over, where that is not for the user to choose. */
    default int instances(int chosen) {
        return chosen;
    }
}
