package dev.coatcheck.prove.isolation;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A disk that belongs to the processes that are started in it: they see the machine's files, and what they write, change
 * or delete nobody sees but they. Several processes can be started in one layer, at once or one after the other.
 *
 * <pre>{@code
 * try (Layer layer = isolation.newLayer(LayerSettings.of("web-1", folder))) {
 *     ProcessGroup web = ProcessGroup.start(layer.builder(List.of("node", "server.js"), folder, environment));
 *     …
 *     web.kill();
 *     layer.changes().forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>{@code /tmp} and {@code /dev/shm} begin empty. Servers that listened at a path when the layer was made are reached at it;
 * one that begins to listen later, or is started anew, is not. A folder that was there can be deleted, and not renamed
 * ({@code EXDEV}, as between file systems): what renames folders copies them then. {@code /proc}, {@code /sys} and devices
 * are the machine's, processes see each other, and Unix domain sockets without a path are shared where the network is.
 *
 * <p>Thread-safe.
 */
public sealed interface Layer extends AutoCloseable permits OverlayLayer, CopyLayer {
    /**
     * What starts a command in the layer when it is given to {@link dev.coatcheck.host.process.ProcessGroup#start}. The
     * process id of the group's leader is the command's own. A command that is not found exits with status 127, a folder
     * that the layer does not have with 126.
     *
     * @param folder to start in, as the layer has it
     * @param environment all of it; nothing is inherited from this JVM
     */
    ProcessBuilder builder(List<String> command, Path folder, Map<String, String> environment);

    /**
     * What its processes did to files until now. Looks only at what they wrote, not at the file system below: some
     * milliseconds as a rule.
     *
     * @throws IOException if the layer is closed, or its files cannot be read
     */
    List<FileChange> changes() throws IOException;

    /**
     * Where this JVM finds a file as the processes of the layer see it. Links on the way are followed as they would be in
     * the layer. Good until the layer is closed, or a link is changed.
     */
    Path outside(Path path) throws IOException;

    /**
     * The address of this machine at which a TCP port of the layer's processes is reached: with a network of their own a
     * relay on 127.0.0.1, whichever family of loopback they listen on. A connection to a port at which nobody listens is
     * made and then reset, so that only a response tells that the application is there.
     *
     * @throws IOException if the layer is closed, or no address is left
     */
    InetSocketAddress reach(int tcpPort) throws IOException;

    /**
     * The address that a connection of this JVM has for the layer's processes: its own, or that of the relay in a network of
     * their own. Empty as long as the relay has reached nobody with it, and when it is closed.
     *
     * @param client the local address of a connection to what {@link #reach} gave
     */
    Optional<InetSocketAddress> clientInside(InetSocketAddress client);

    /**
     * A process whose namespaces are the layer's, for {@code nsenter}; it lives as long as the layer. Empty where the
     * layer's processes have the namespaces of this JVM.
     */
    OptionalLong holderPid();

    /**
     * The same disk for a process beside others that insist on the same TCP port: with another network of its own where the
     * layer has one, or else the layer itself. It equals the layer, since it is the same disk, and has to be closed too; its
     * disk is gone with the layer.
     *
     * @throws IOException if the layer is closed, or no network can be made
     */
    Layer beside() throws IOException;

    /** What is held apart less well than it should be, in words; empty as a rule. */
    List<String> weaknesses();

    /**
     * Ends the layer; its files are gone with the last process in it. Processes that were started in it are not ended by
     * this. Closing again changes nothing.
     */
    @Override
    void close() throws IOException;
}
