package dev.coatcheck.formation.supervision;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Spares a simple command the shell around it: with {@code exec} in front the shell becomes the command, so that the process
 * id is the application's, its exit status is told, and a signal meets no shell that dies of it first. Some shells do this
 * by themselves and others, Debian's among them, do not. A compound command, or anything that is not surely simple, is left
 * as it is.
 */
public final class ShellCommand {
    private static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*=.*", Pattern.DOTALL);
    private static final Pattern PROGRAM = Pattern.compile("[A-Za-z0-9_./+@%~-]+");

    /** What means something only to the shell itself. */
    private static final Set<String> OF_THE_SHELL = Set.of(
            ".",
            "alias",
            "bg",
            "break",
            "builtin",
            "case",
            "cd",
            "command",
            "continue",
            "declare",
            "do",
            "done",
            "elif",
            "else",
            "esac",
            "eval",
            "exec",
            "exit",
            "export",
            "fg",
            "fi",
            "for",
            "function",
            "getopts",
            "hash",
            "if",
            "jobs",
            "let",
            "local",
            "popd",
            "pushd",
            "read",
            "readonly",
            "return",
            "select",
            "set",
            "shift",
            "shopt",
            "source",
            "then",
            "time",
            "times",
            "trap",
            "type",
            "typeset",
            "ulimit",
            "umask",
            "unalias",
            "unset",
            "until",
            "wait",
            "while");

    private ShellCommand() {}

    /** The command with {@code exec} in front of its program where that is surely right, else as it is. */
    public static String inPlaceOfTheShell(String command) {
        int start = 0;
        while (start < command.length()) {
            start = skipSpaces(command, start);
            int end = endOfWord(command, start);
            if (end < 0) {
                return command;
            }
            String word = command.substring(start, end);
            if (!ASSIGNMENT.matcher(word).matches()) {
                boolean simple =
                        PROGRAM.matcher(word).matches() && !OF_THE_SHELL.contains(word) && hasOnlyWords(command, end);
                return simple ? command.substring(0, start) + "exec " + command.substring(start) : command;
            }
            start = end;
        }
        return command;
    }

    /** Whether a shell that runs this command stays its parent, and so gets the signals that are meant for it. */
    public static boolean keepsTheShell(String command) {
        return inPlaceOfTheShell(command).equals(command)
                && !command.stripLeading().startsWith("exec ");
    }

    private static boolean hasOnlyWords(String command, int from) {
        int at = skipSpaces(command, from);
        while (at < command.length()) {
            int end = endOfWord(command, at);
            if (end < 0 || command.charAt(at) == '#') {
                return false;
            }
            at = skipSpaces(command, end);
        }
        return true;
    }

    /** The end of the word that begins here, or -1 where it holds what more than joins words, or a quote is left open. */
    private static int endOfWord(String command, int start) {
        char quote = 0;
        for (int i = start; i < command.length(); i++) {
            char c = command.charAt(i);
            if (c == '\\' && quote != '\'') {
                i++;
            } else if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (";&|()`\n".indexOf(c) >= 0 && !isRedirection(command, start, i)) {
                return -1;
            } else if (Character.isWhitespace(c)) {
                return i;
            }
        }
        return quote == 0 ? command.length() : -1;
    }

    /** The ampersand of {@code 2>&1}. */
    private static boolean isRedirection(String command, int start, int at) {
        return command.charAt(at) == '&' && at > start && "<>".indexOf(command.charAt(at - 1)) >= 0;
    }

    private static int skipSpaces(String command, int from) {
        int at = from;
        while (at < command.length() && Character.isWhitespace(command.charAt(at)) && command.charAt(at) != '\n') {
            at++;
        }
        return at;
    }
}
