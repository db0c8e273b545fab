package dev.coatcheck.spring;

import dev.coatcheck.servlet.SessionFilterSettings;

/** What something on the class path keeps in sessions, beside the application's own types. */
interface SessionTypes {
    /** Allows these types too. */
    SessionFilterSettings addTo(SessionFilterSettings settings);
}
