package dev.coatcheck.formation.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionVariablesTest {
    @Test
    void what_tells_of_a_terminal_is_no_configuration() {
        Map<String, String> environment =
                new HashMap<>(Map.of("DATABASE_URL", "postgresql://db/shop", "ITERATIONS", "3"));
        List<String> ofTerminals = List.of(
                "TERM",
                "GNOME_TERMINAL_SCREEN",
                "KITTY_WINDOW_ID",
                "ITERM_SESSION_ID",
                "ZELLIJ",
                "VSCODE_IPC_HOOK_CLI");
        ofTerminals.forEach(name -> environment.put(name, "1"));

        assertThat(SessionVariables.in(environment)).containsOnlyKeys(ofTerminals);
    }
}
