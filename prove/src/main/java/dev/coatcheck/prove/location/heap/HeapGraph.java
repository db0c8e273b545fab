package dev.coatcheck.prove.location.heap;

/**
 * Objects and what they refer to. The objects are numbered from 0. A reference has a cost: the more it costs, the less a
 * path through it tells a person.
 */
interface HeapGraph {
    /** No reference costs more. */
    int DEAREST = 63;

    /** Takes in the references of an object. */
    interface Visitor {
        void to(int object, int cost);
    }

    int size();

    /** What lives by itself: what everything else is reached from. */
    void roots(Visitor visitor);

    /** What an object keeps alive; weak references are none. */
    void references(int object, Visitor visitor);
}
