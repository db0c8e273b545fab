package dev.coatcheck.host;

/** Draws as many TCP ports as it is told, prints them, and stays until its input ends. */
final class PortOwner {
    private PortOwner() {}

    public static void main(String[] args) throws Exception {
        for (int i = 0; i < Integer.parseInt(args[0]); i++) {
            System.out.println(TcpPorts.free());
        }
        System.in.read();
    }
}
