package dev.coatcheck.prove.location.heap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A heap dump of a JVM, in the format that HotSpot's {@code heapDumper.cpp} describes ("HPROF binary format").
 *
 * <p>Classes are objects of the graph whose references are their static fields, and every class is a root: HotSpot itself
 * counts only its own classes as such and reaches the others through their loaders, which tells nobody anything.
 */
final class JavaHeap implements HeapGraph, AutoCloseable {
    /** What a field of an instance is, where it refers to something. */
    record Reference(JavaClass declaring, String field, long target) {}

    private record Root(int object, int cost) {}

    private static final int OF_FRAMEWORK = 8;
    private static final int OF_JDK = 16;
    private static final int OF_THREAD = 12;
    private static final int OF_NATIVE_CODE = 30;
    private static final int OF_STACK = 50;
    private static final int OF_THREAD_LOCAL = 10;

    /** The kinds of records within a dump, by the numbers that the format gives them. */
    static final class Tag {
        static final int CLASS = 0x20;
        static final int INSTANCE = 0x21;
        static final int OBJECT_ARRAY = 0x22;
        static final int PRIMITIVE_ARRAY = 0x23;
    }

    /** Is told of the content of primitive arrays and of instances as they are read. */
    interface Contents {
        /** Bytes, or chars in little-endian order. */
        void array(int object, byte[] bytes, int length);

        void instance(int object, JavaClass type, Numbers values);

        /** Takes none in. */
        Contents NONE = new Contents() {
            @Override
            public void array(int object, byte[] bytes, int length) {}

            @Override
            public void instance(int object, JavaClass type, Numbers values) {}
        };
    }

    /** Reads the numbers in an instance, when they are wanted. */
    interface Numbers {
        /** The values of its fields of type {@code long}, {@code int} and {@code byte}, by name. */
        Map<String, Long> read();
    }

    private final HprofBytes bytes;
    private final LongIndex ids = new LongIndex();
    private long[] offsets = new long[1 << 12];
    private final Map<Long, String> names = new HashMap<>();
    private final Map<Long, Long> classNames = new HashMap<>();
    private final Map<Long, JavaClass> classes = new HashMap<>();
    private final Map<Long, List<JavaClass>> lines = new HashMap<>();
    private final List<Root> roots = new ArrayList<>();
    private final Map<Long, Integer> rootCosts = new HashMap<>();
    private byte[] buffer = new byte[1 << 16];

    private JavaHeap(Path file) throws IOException {
        bytes = new HprofBytes(file);
    }

    /**
     * Reads a dump; the file has to stay until this is closed.
     *
     * @throws IOException if it is no heap dump, or not a whole one
     */
    static JavaHeap read(Path file, Contents contents) throws IOException {
        JavaHeap heap = new JavaHeap(file);
        try {
            heap.readAll(contents);
            return heap;
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            heap.close();
            throw new IOException("the heap dump is damaged or was cut short: " + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            heap.close();
            throw e;
        }
    }

    private void readAll(Contents contents) throws IOException {
        StringBuilder format = new StringBuilder();
        for (int c = bytes.u1(); c != 0; c = bytes.u1()) {
            format.append((char) c);
        }
        if (!format.toString().startsWith("JAVA PROFILE 1.0")) {
            throw new IOException("not a heap dump: it begins with " + format);
        }
        bytes.idSize(bytes.i4());
        bytes.skip(Long.BYTES);
        while (bytes.hasMore()) {
            int tag = bytes.u1();
            bytes.skip(Integer.BYTES);
            long length = bytes.u4();
            long end = bytes.position() + length;
            switch (tag) {
                case 0x01 -> names.put(bytes.id(), bytes.text(length - bytes.idSize()));
                case 0x02 -> {
                    bytes.skip(Integer.BYTES);
                    long id = bytes.id();
                    bytes.skip(Integer.BYTES);
                    classNames.put(id, bytes.id());
                }
                case 0x0C, 0x1C -> readObjects(end, contents);
                default -> {}
            }
            bytes.seek(end);
        }
        rootCosts.forEach((id, cost) -> {
            int object = ids.find(id);
            if (object != LongIndex.ABSENT && !classes.containsKey(id)) {
                roots.add(new Root(object, cost));
            }
        });
    }

    private void readObjects(long end, Contents contents) {
        while (bytes.position() < end) {
            long at = bytes.position();
            int tag = bytes.u1();
            long id = bytes.id();
            switch (tag) {
                case 0x01 -> root(id, OF_NATIVE_CODE, bytes.idSize()); // JNI, global
                case 0x02, 0x03 -> root(id, OF_STACK, 8); // JNI, local; a frame
                case 0x04, 0x06 -> root(id, OF_STACK, 4); // a native frame; what a thread has locked
                case 0x05, 0xFF, 0x07 -> root(id, OF_NATIVE_CODE, 0);
                case 0x08 -> root(id, OF_THREAD, 8);
                case Tag.CLASS -> readClass(id, at);
                case Tag.INSTANCE -> readInstance(id, at, contents);
                case Tag.OBJECT_ARRAY -> {
                    add(id, at);
                    bytes.skip(Integer.BYTES);
                    long length = bytes.u4();
                    bytes.skip(bytes.idSize() + length * bytes.idSize());
                }
                case Tag.PRIMITIVE_ARRAY -> readPrimitives(id, at, contents);
                default -> throw new IllegalArgumentException("unknown record " + tag + " at " + at);
            }
        }
    }

    private void root(long id, int cost, int rest) {
        rootCosts.merge(id, cost, Math::min);
        bytes.skip(rest);
    }

    private int add(long id, long at) {
        int object = ids.add(id);
        if (object >= offsets.length) {
            offsets = Arrays.copyOf(offsets, offsets.length * 2);
        }
        offsets[object] = at;
        return object;
    }

    private void readClass(long id, long at) {
        bytes.skip(Integer.BYTES);
        long superclass = bytes.id();
        boolean boot = bytes.id() == 0;
        bytes.skip(4L * bytes.idSize() + Integer.BYTES);
        for (int constants = bytes.u2(); constants > 0; constants--) {
            bytes.skip(Short.BYTES);
            bytes.skip(HprofType.size(bytes.u1(), bytes.idSize()));
        }
        List<JavaClass.StaticField> statics = new ArrayList<>();
        List<JavaClass.StaticNumber> staticNumbers = new ArrayList<>();
        for (int count = bytes.u2(); count > 0; count--) {
            String name = names.getOrDefault(bytes.id(), "?");
            int type = bytes.u1();
            // What HotSpot adds in angle brackets are the constants of the code.
            if (name.startsWith("<")) {
                bytes.skip(HprofType.size(type, bytes.idSize()));
            } else if (type == HprofType.OBJECT) {
                statics.add(new JavaClass.StaticField(name, bytes.id()));
            } else {
                staticNumbers.add(new JavaClass.StaticNumber(name, type, bytes.number(type)));
            }
        }
        List<JavaClass.InstanceField> fields = new ArrayList<>();
        for (int count = bytes.u2(); count > 0; count--) {
            fields.add(new JavaClass.InstanceField(names.getOrDefault(bytes.id(), "?"), bytes.u1()));
        }
        String name = names.getOrDefault(classNames.getOrDefault(id, 0L), "?").replace('/', '.');
        JavaClass.Owner owner = JavaClass.ownerOf(name, boot);
        classes.put(id, new JavaClass(id, name, superclass, owner, statics, staticNumbers, fields));
        add(id, at);
    }

    private void readInstance(long id, long at, Contents contents) {
        int object = add(id, at);
        bytes.skip(Integer.BYTES);
        JavaClass type = classes.get(bytes.id());
        long length = bytes.u4();
        long from = bytes.position();
        if (type != null) {
            contents.instance(object, type, () -> numbers(type, from));
        }
        bytes.seek(from + length);
    }

    private void readPrimitives(long id, long at, Contents contents) {
        int object = add(id, at);
        bytes.skip(Integer.BYTES);
        long count = bytes.u4();
        int type = bytes.u1();
        long length = count * HprofType.size(type, bytes.idSize());
        if ((type == HprofType.BYTE || type == HprofType.CHAR) && length <= Integer.MAX_VALUE - 8) {
            byte[] content = buffer((int) length);
            bytes.copy(bytes.position(), content, (int) length);
            if (type == HprofType.CHAR) {
                swap(content, (int) length);
            }
            contents.array(object, content, (int) length);
        }
        bytes.skip(length);
    }

    private byte[] buffer(int length) {
        if (buffer.length < length) {
            buffer = new byte[length];
        }
        return buffer;
    }

    /** To the order that this machine, as most, has in its memory. */
    private static void swap(byte[] chars, int length) {
        for (int i = 0; i < length; i += 2) {
            byte high = chars[i];
            chars[i] = chars[i + 1];
            chars[i + 1] = high;
        }
    }

    @Override
    public int size() {
        return ids.size();
    }

    @Override
    public void roots(Visitor visitor) {
        for (JavaClass type : classes.values()) {
            int cost =
                    switch (type.owner()) {
                        case APPLICATION -> 0;
                        case FRAMEWORK -> OF_FRAMEWORK;
                        case JDK -> OF_JDK;
                    };
            visitor.to(ids.find(type.id()), cost);
        }
        roots.forEach(root -> visitor.to(root.object, root.cost));
    }

    @Override
    public void references(int object, Visitor visitor) {
        JavaClass asClass = asClass(object);
        if (asClass != null) {
            if (!asClass.name().equals("java.lang.ref.Finalizer")) {
                asClass.statics().forEach(field -> visit(field.target(), 1, visitor));
            }
            return;
        }
        long[] elements = elements(object);
        if (elements != null) {
            for (long element : elements) {
                visit(element, 1, visitor);
            }
            return;
        }
        JavaClass type = typeOf(object);
        if (type != null) {
            boolean own =
                    type.owner() == JavaClass.Owner.APPLICATION || type.name().startsWith("java.util.");
            int cost = own ? 1 : 2;
            for (Reference reference : fields(object)) {
                visit(reference.target, cost + extra(reference), visitor);
            }
        }
    }

    private static int extra(Reference reference) {
        return reference.declaring.name().equals("java.lang.Thread") && reference.field.contains("hreadLocals")
                ? OF_THREAD_LOCAL
                : 0;
    }

    private void visit(long id, int cost, Visitor visitor) {
        int object = id == 0 ? LongIndex.ABSENT : ids.find(id);
        if (object != LongIndex.ABSENT) {
            visitor.to(object, cost);
        }
    }

    int find(long id) {
        return ids.find(id);
    }

    long id(int object) {
        return ids.id(object);
    }

    /** The class that this object is; null where it is none. */
    @Nullable
    JavaClass asClass(int object) {
        return classes.get(ids.id(object));
    }

    /** What the object is an instance of; null for arrays of primitives, and for classes. */
    @Nullable
    JavaClass typeOf(int object) {
        bytes.seek(offsets[object]);
        int tag = bytes.u1();
        bytes.skip(bytes.idSize() + Integer.BYTES);
        if (tag == Tag.OBJECT_ARRAY) {
            bytes.skip(Integer.BYTES);
        } else if (tag != Tag.INSTANCE) {
            return null;
        }
        return classes.get(bytes.id());
    }

    /** The ids in an array of objects; null where this is none. */
    long @Nullable [] elements(int object) {
        bytes.seek(offsets[object]);
        if (bytes.u1() != Tag.OBJECT_ARRAY) {
            return null;
        }
        bytes.skip(bytes.idSize() + Integer.BYTES);
        long[] elements = new long[Math.toIntExact(bytes.u4())];
        bytes.skip(bytes.idSize());
        for (int i = 0; i < elements.length; i++) {
            elements[i] = bytes.id();
        }
        return elements;
    }

    /** Whether the object is an array of objects; {@link #elements} reads it whole. */
    boolean isArray(int object) {
        return bytesAt(object).u1() == Tag.OBJECT_ARRAY;
    }

    /** The id at a position of an array of objects; 0 where there is none, or no such position. */
    long element(int array, int index) {
        bytesAt(array).skip(1 + bytes.idSize() + Integer.BYTES);
        if (index >= bytes.u4()) {
            return 0;
        }
        bytes.skip((1L + index) * bytes.idSize());
        return bytes.id();
    }

    /** The fields of an instance that refer to something; what a weak, soft or phantom reference refers to is left out. */
    List<Reference> fields(int object) {
        JavaClass type = typeOf(object);
        if (type == null || bytesOf(object) == 0) {
            return List.of();
        }
        List<Reference> references = new ArrayList<>();
        long at = bytesOf(object);
        for (JavaClass declaring : line(type)) {
            boolean weak = declaring.name().startsWith("java.lang.ref.");
            for (JavaClass.InstanceField field : declaring.fields()) {
                if (field.type() == HprofType.OBJECT && !weak) {
                    bytes.seek(at);
                    long target = bytes.id();
                    if (target != 0) {
                        references.add(new Reference(declaring, field.name(), target));
                    }
                }
                at += HprofType.size(field.type(), bytes.idSize());
            }
        }
        return references;
    }

    /** What a field refers to; {@link LongIndex#ABSENT} where there is no such field, or nothing in it. */
    int field(int object, String name) {
        for (Reference reference : fields(object)) {
            if (reference.field.equals(name)) {
                return ids.find(reference.target);
            }
        }
        return LongIndex.ABSENT;
    }

    private Map<String, Long> numbers(JavaClass type, long bytesFrom) {
        Map<String, Long> numbers = new HashMap<>();
        long before = bytes.position();
        long at = bytesFrom;
        for (JavaClass declaring : line(type)) {
            for (JavaClass.InstanceField field : declaring.fields()) {
                bytes.seek(at);
                if (field.type() == HprofType.LONG) {
                    numbers.put(field.name(), bytes.i8());
                } else if (field.type() == HprofType.INT) {
                    numbers.put(field.name(), (long) bytes.i4());
                } else if (field.type() == HprofType.BYTE) {
                    numbers.put(field.name(), (long) bytes.u1());
                }
                at += HprofType.size(field.type(), bytes.idSize());
            }
        }
        bytes.seek(before);
        return numbers;
    }

    /** The values of an instance's fields of type {@code long}, {@code int} and {@code byte}, by name. */
    Map<String, Long> numbers(int object) {
        JavaClass type = typeOf(object);
        long from = bytesOf(object);
        return type == null || from == 0 ? Map.of() : numbers(type, from);
    }

    /** Where the values of an instance's fields begin; 0 where this is no instance. */
    private long bytesOf(int object) {
        bytes.seek(offsets[object]);
        if (bytes.u1() != Tag.INSTANCE) {
            return 0;
        }
        return offsets[object] + 1 + 2L * bytes.idSize() + 2L * Integer.BYTES;
    }

    /** The bytes of the dump, at the record of this object. */
    HprofBytes bytesAt(int object) {
        bytes.seek(offsets[object]);
        return bytes;
    }

    /** All classes of the dump. */
    Collection<JavaClass> classes() {
        return classes.values();
    }

    /** The content of an array of bytes or, in little-endian order, of chars; empty where this is none. */
    byte[] primitives(int object) {
        bytes.seek(offsets[object]);
        if (bytes.u1() != Tag.PRIMITIVE_ARRAY) {
            return new byte[0];
        }
        bytes.skip(bytes.idSize() + Integer.BYTES);
        long count = bytes.u4();
        int type = bytes.u1();
        byte[] content = new byte[Math.toIntExact(count * HprofType.size(type, bytes.idSize()))];
        bytes.copy(bytes.position(), content, content.length);
        if (type == HprofType.CHAR) {
            swap(content, content.length);
        }
        return content;
    }

    /** A class and what it extends, itself first: the order in which the dump has the fields. */
    List<JavaClass> line(JavaClass type) {
        return lines.computeIfAbsent(type.id(), id -> {
            List<JavaClass> line = new ArrayList<>();
            for (JavaClass at = type; at != null; at = classes.get(at.superclass())) {
                line.add(at);
            }
            return line;
        });
    }

    @Override
    public void close() {
        bytes.close();
    }
}
