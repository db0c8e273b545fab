package dev.coatcheck.formation.release;

import dev.coatcheck.host.process.OwnerMark;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The variables that tell of the terminal and the log-in from which a runner was started. They differ from one terminal to
 * the next and configure no application, so processes inherit them and no release records them.
 */
public final class SessionVariables {
    private static final Pattern NAMES =
            Pattern.compile("_|PWD|OLDPWD|SHLVL|TERM|TERM_.*|COLORTERM|COLUMNS|LINES|WINDOWID"
                    + "|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|XDG_SESSION_.*|XDG_RUNTIME_DIR|DBUS_SESSION_BUS_ADDRESS|SSH_.*|GPG_TTY"
                    + "|STY|TMUX|TMUX_PANE|WT_SESSION|INVOCATION_ID|JOURNAL_STREAM"
                    + "|(GNOME_TERMINAL|KITTY|ITERM|KONSOLE|ALACRITTY|WEZTERM|VSCODE)_.*|ZELLIJ(_.*)?|SHELL_SESSION_ID"
                    + "|VTE_VERSION|TILIX_ID|TERMINATOR_UUID|WSL_INTEROP|LC_TERMINAL.*|" + OwnerMark.VARIABLE);

    private SessionVariables() {}

    /** Those of an environment. */
    public static Map<String, String> in(Map<String, String> environment) {
        Map<String, String> found = new TreeMap<>(environment);
        found.keySet().removeIf(name -> !NAMES.matcher(name).matches());
        return found;
    }
}
