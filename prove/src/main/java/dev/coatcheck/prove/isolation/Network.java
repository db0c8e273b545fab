package dev.coatcheck.prove.isolation;

/** What the processes of a layer see of the network. */
public enum Network {
    /** That of the machine: TCP ports are shared with everything else. */
    HOST,
    /** One of their own, with nothing in it but loopback, for applications that insist on a fixed TCP port. */
    OWN
}
