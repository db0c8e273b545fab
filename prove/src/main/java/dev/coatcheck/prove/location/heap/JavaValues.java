package dev.coatcheck.prove.location.heap;

/** The numbers and truth values, which are 1 or 0, in the objects of a JVM's heap. */
final class JavaValues {
    /** Takes in the values of an instance that are no references. */
    interface Visitor {
        void value(JavaClass declaring, JavaClass.InstanceField field, double value);
    }

    private static final double[] NONE = {};

    private JavaValues() {}

    /** Visits those of an instance, in the order of the dump; none where the object is none. */
    static void ofInstance(JavaHeap heap, int object, Visitor visitor) {
        JavaClass type = heap.typeOf(object);
        HprofBytes bytes = heap.bytesAt(object);
        if (type == null || bytes.u1() != JavaHeap.Tag.INSTANCE) {
            return;
        }
        long at = bytes.position() + 2L * bytes.idSize() + 2L * Integer.BYTES;
        for (JavaClass declaring : heap.line(type)) {
            for (JavaClass.InstanceField field : declaring.fields()) {
                if (field.type() != HprofType.OBJECT) {
                    bytes.seek(at);
                    visitor.value(declaring, field, bytes.number(field.type()));
                }
                at += HprofType.size(field.type(), bytes.idSize());
            }
        }
    }

    /** The type of what an array of primitives holds; 0 where the object is none. */
    static int elementType(JavaHeap heap, int object) {
        HprofBytes bytes = heap.bytesAt(object);
        if (bytes.u1() != JavaHeap.Tag.PRIMITIVE_ARRAY) {
            return 0;
        }
        bytes.skip(bytes.idSize() + 2L * Integer.BYTES);
        return bytes.u1();
    }

    /** The first elements of an array of primitives; none where the object is none. */
    static double[] elements(JavaHeap heap, int array, int most) {
        int type = elementType(heap, array);
        if (type == 0) {
            return NONE;
        }
        HprofBytes bytes = heap.bytesAt(array);
        bytes.skip(1 + bytes.idSize() + Integer.BYTES);
        double[] elements = new double[(int) Math.min(most, bytes.u4())];
        bytes.skip(1);
        for (int i = 0; i < elements.length; i++) {
            elements[i] = bytes.number(type);
        }
        return elements;
    }
}
