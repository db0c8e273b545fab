package dev.coatcheck.prove.location.heap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * A heap snapshot of V8, as {@code v8.writeHeapSnapshot} writes it: one JSON document with all objects and all
 * references as long rows of numbers, whose meaning its {@code meta} tells, and the strings at the end. It is read as a
 * stream: an object takes twelve bytes here, a reference nine.
 */
final class NodeHeap implements HeapGraph {
    /** Of a string so much is kept, enough to name something. */
    private static final int LONGEST_STRING = 1024;

    /** How the name of an edge begins that is one of the places of a table. */
    private static final Pattern INDEX = Pattern.compile("\\d");

    private static final int MOST_PARTS = 50;
    private static final int BESIDE_THE_POINT = 12;
    private static final int OF_STACK = 40;

    /** What a listener of one connection closes over is mostly in a variable of its file too, which says more. */
    private static final int OF_A_CALL = 6;

    private final Ints types = new Ints(1 << 16);
    private final Ints names = new Ints(1 << 16);
    private final Ints firstEdges = new Ints(1 << 16);
    private byte[] edgeTypes = new byte[1 << 18];
    private final Ints edgeNames = new Ints(1 << 18);
    private final Ints edgeTargets = new Ints(1 << 18);
    private final List<String> strings = new ArrayList<>();
    private List<String> nodeTypes = List.of();
    private List<String> kindsOfEdge = List.of();
    private int nodeWidth;

    private NodeHeap() {}

    /**
     * Reads a snapshot.
     *
     * @throws IOException if it is none, or not a whole one
     */
    static NodeHeap read(Path file) throws IOException {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .build())
                .build();
        NodeHeap heap = new NodeHeap();
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), file)) {
            heap.readAll(parser);
        } catch (JacksonException | IndexOutOfBoundsException e) {
            throw new IOException("the heap snapshot is damaged or was cut short: " + e.getMessage(), e);
        }
        if (heap.size() == 0 || heap.strings.isEmpty()) {
            throw new IOException("not a heap snapshot: it has no nodes or no strings");
        }
        return heap;
    }

    private void readAll(JsonParser parser) throws IOException {
        List<String> nodeFields = List.of();
        List<String> edgeFields = List.of();
        for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
            if (token != JsonToken.PROPERTY_NAME) {
                continue;
            }
            switch (parser.currentName()) {
                case "node_fields" -> nodeFields = texts(parser);
                case "node_types" -> nodeTypes = firstTexts(parser);
                case "edge_fields" -> edgeFields = texts(parser);
                case "edge_types" -> kindsOfEdge = firstTexts(parser);
                case "nodes" -> readNodes(parser, nodeFields);
                case "edges" -> readEdges(parser, edgeFields);
                case "strings" -> readStrings(parser);
                default -> {}
            }
        }
    }

    /** An array of texts. */
    private static List<String> texts(JsonParser parser) {
        List<String> texts = new ArrayList<>();
        parser.nextToken();
        while (parser.nextToken() == JsonToken.VALUE_STRING) {
            texts.add(parser.getString());
        }
        return texts;
    }

    /** The array of texts that an array begins with: the names of the values of the first field. */
    private static List<String> firstTexts(JsonParser parser) {
        parser.nextToken();
        return texts(parser);
    }

    private void readNodes(JsonParser parser, List<String> fields) {
        nodeWidth = fields.size();
        int type = fields.indexOf("type");
        int name = fields.indexOf("name");
        int edgeCount = fields.indexOf("edge_count");
        int edges = 0;
        parser.nextToken();
        for (int field = 0; parser.nextToken() == JsonToken.VALUE_NUMBER_INT; field = (field + 1) % nodeWidth) {
            if (field == type) {
                types.add(parser.getIntValue());
            } else if (field == name) {
                names.add(parser.getIntValue());
            } else if (field == edgeCount) {
                firstEdges.add(edges);
                edges += parser.getIntValue();
            }
        }
        firstEdges.add(edges);
    }

    private void readEdges(JsonParser parser, List<String> fields) throws IOException {
        if (!fields.equals(List.of("type", "name_or_index", "to_node"))) {
            throw new IOException("a heap snapshot of an unknown version, whose edges have the fields " + fields);
        }
        parser.nextToken();
        while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
            if (edgeNames.size() == edgeTypes.length) {
                edgeTypes = Arrays.copyOf(edgeTypes, edgeTypes.length * 2);
            }
            edgeTypes[edgeNames.size()] = (byte) parser.getIntValue();
            parser.nextToken();
            edgeNames.add(parser.getIntValue());
            parser.nextToken();
            edgeTargets.add(parser.getIntValue() / nodeWidth);
        }
    }

    private void readStrings(JsonParser parser) {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.VALUE_STRING) {
            String text = parser.getString();
            strings.add(text.length() <= LONGEST_STRING ? text : text.substring(0, LONGEST_STRING));
        }
    }

    @Override
    public int size() {
        return types.size();
    }

    @Override
    public void roots(Visitor visitor) {
        visitor.to(0, 0);
    }

    @Override
    public void references(int object, Visitor visitor) {
        for (int edge = firstEdges.get(object); edge < firstEdges.get(object + 1); edge++) {
            int cost = cost(object, edge);
            if (cost <= DEAREST) {
                visitor.to(edgeTargets.get(edge), cost);
            }
        }
    }

    /** More than the dearest where the reference is not to be followed. */
    private int cost(int from, int edge) {
        int to = edgeTargets.get(edge);
        String kind = edgeKind(edge);
        if (kind.equals("weak") || (type(to).equals("synthetic") && name(to).equals("(Internalized strings)"))) {
            return DEAREST + 1;
        }
        if (type(to).equals("synthetic")) {
            return name(to).equals("(Stack roots)") || name(to).equals("(Handle scope)") ? OF_STACK : 2;
        }
        return switch (kind) {
            case "context" -> isOfModule(from) ? 1 : OF_A_CALL;
            case "element" -> 1;
            case "property" -> edgeName(edge).equals("__proto__") ? BESIDE_THE_POINT : 1;
            case "internal" -> {
                String name = edgeName(edge);
                boolean plain = name.equals("context")
                        || name.equals("table")
                        || INDEX.matcher(name).lookingAt();
                boolean shape = name.equals("map")
                        || type(from).equals("code")
                        || type(from).equals("object shape");
                yield plain && !shape ? 1 : shape ? BESIDE_THE_POINT : 3;
            }
            default -> 3;
        };
    }

    /** Whether these are the variables of a whole file, and not those of one call of a function. */
    boolean isOfModule(int context) {
        int outer = target(context, "previous");
        return outer < 0 || !isContext(outer);
    }

    /** Whether these are the variables of a function or a file. */
    boolean isContext(int object) {
        return name(object).equals("system / Context");
    }

    /** The reference by which a path goes from one object to the next. */
    int cheapestEdge(int from, int to) {
        int best = -1;
        for (int edge = firstEdges.get(from); edge < firstEdges.get(from + 1); edge++) {
            if (edgeTargets.get(edge) == to && (best < 0 || cost(from, edge) < cost(from, best))) {
                best = edge;
            }
        }
        return best;
    }

    /** What an object refers to under a name; -1 where there is nothing. */
    int target(int from, String name) {
        for (int edge = firstEdges.get(from); edge < firstEdges.get(from + 1); edge++) {
            if (edgeName(edge).equals(name)) {
                return edgeTargets.get(edge);
            }
        }
        return -1;
    }

    int firstEdge(int object) {
        return firstEdges.get(object);
    }

    int edgeTarget(int edge) {
        return edgeTargets.get(edge);
    }

    /** {@code context}, {@code property}, {@code element}, {@code internal} … */
    String edgeKind(int edge) {
        return kindsOfEdge.get(edgeTypes[edge]);
    }

    /** The name of a variable or a property, or an index as text. */
    String edgeName(int edge) {
        String kind = edgeKind(edge);
        int name = edgeNames.get(edge);
        return kind.equals("element") || kind.equals("hidden") ? Integer.toString(name) : strings.get(name);
    }

    /** {@code object}, {@code closure}, {@code string}, {@code array} … */
    String type(int object) {
        return nodeTypes.get(types.get(object));
    }

    /** The name of its class, or what a string says. */
    String name(int object) {
        return strings.get(names.get(object));
    }

    /** What a string says, as far as it is kept; empty where the object is none. */
    String text(int object) {
        StringBuilder text = new StringBuilder();
        join(object, text, 0);
        return text.toString();
    }

    /** V8 keeps a sum of strings as its two parts until somebody reads it. */
    private void join(int object, StringBuilder into, int depth) {
        if (depth > MOST_PARTS || into.length() > LONGEST_STRING) {
            return;
        }
        if (isString(object)) {
            into.append(name(object));
        } else if (type(object).equals("concatenated string")) {
            for (String part : List.of("first", "second")) {
                int to = target(object, part);
                if (to >= 0) {
                    join(to, into, depth + 1);
                }
            }
        }
    }

    boolean isString(int object) {
        return type(object).equals("string");
    }

    /** The number of a string; strings are numbered from 0. */
    int nameIndex(int object) {
        return names.get(object);
    }

    /** The number of the name of a property; -1 where the reference is none. */
    int propertyNameIndex(int edge) {
        return edgeKind(edge).equals("property") ? edgeNames.get(edge) : -1;
    }

    List<String> strings() {
        return strings;
    }

    int edges() {
        return edgeNames.size();
    }
}
