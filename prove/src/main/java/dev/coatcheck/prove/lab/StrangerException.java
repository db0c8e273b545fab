package dev.coatcheck.prove.lab;

/** At the TCP port that an instance was given, a process answers that was not started here. */
final class StrangerException extends InconclusiveException {
    private static final long serialVersionUID = 1;

    StrangerException(String instance, int port) {
        super("at TCP port " + port + ", which was given to " + instance
                + ", a process answers that it has not started, as when its command asks a container engine or"
                + " a build daemon to run the application; such a process can neither be held apart nor killed"
                + " here: let the command run the application itself");
    }
}
