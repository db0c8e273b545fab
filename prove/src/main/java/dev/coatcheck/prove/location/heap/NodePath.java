package dev.coatcheck.prove.location.heap;

import dev.coatcheck.prove.location.Needle;
import dev.coatcheck.prove.location.PatternSearch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A path through the heap of Node as a person reads it: {@code server.js: sessions (Map) → ["ec73…"] → user}. It begins
 * at the last variable of the application on the way, with the script whose functions can see it.
 */
final class NodePath {
    private static final int LAST_TOKENS = 5;
    private static final int LONGEST_NAME = 40;
    private static final String PACKAGES = "/node_modules/";
    private static final Pattern INDEX = Pattern.compile("\\d{1,9}");
    private static final Pattern IDENTIFIER = Pattern.compile("[\\p{L}_$#][\\p{L}\\p{N}_$]*");
    private static final Pattern RANDOM = Pattern.compile("(?=.*\\d)(?=.*[A-Za-z])\\S{12,}");
    private static final Pattern SCRIPT = Pattern.compile(".*/[^/]+\\.[cm]?[jt]sx?");

    /** Whose variable a path begins at, the most telling first. */
    enum Owner {
        APPLICATION,
        PACKAGE,
        /** It names no script, as a path from a listener does. */
        NOBODY
    }

    record Words(String path, Owner owner) {}

    private final NodeHeap heap;
    private final PatternSearch needles;

    /** The script of each context, by the functions that see it. */
    private final Map<Integer, String> scripts = new HashMap<>();

    NodePath(NodeHeap heap, PatternSearch needles) {
        this.heap = heap;
        this.needles = needles;
        for (int object = 0; object < heap.size(); object++) {
            if (heap.type(object).equals("closure")) {
                int context = heap.target(object, "context");
                if (context >= 0 && !scripts.containsKey(context)) {
                    scripts.put(context, script(heap, object));
                }
            }
        }
    }

    /**
     * The path in words.
     *
     * @param lastEdge the property or variable that is the end of the way; -1 where the last object is
     */
    Words inWords(List<Integer> path, int lastEdge) {
        List<String> tokens = new ArrayList<>();
        Owner owner = Owner.NOBODY;
        for (int i = 0; i + 1 < path.size(); i++) {
            String script = step(path.get(i), heap.cheapestEdge(path.get(i), path.get(i + 1)), tokens);
            if (!script.isEmpty()) {
                owner = script.contains(PACKAGES) ? Owner.PACKAGE : Owner.APPLICATION;
            }
        }
        if (lastEdge >= 0 && heap.edgeKind(lastEdge).equals("property")) {
            tokens.add(named(heap.edgeName(lastEdge)));
        } else if (lastEdge >= 0) {
            step(path.getLast(), lastEdge, tokens);
        }
        return new Words(
                String.join(" → ", tokens.subList(Math.max(0, tokens.size() - LAST_TOKENS), tokens.size())), owner);
    }

    /** Adds what the reference says, and returns the script that the path begins at from now on; empty where it goes on. */
    private String step(int from, int edge, List<String> tokens) {
        int to = heap.edgeTarget(edge);
        String name = heap.edgeName(edge);
        switch (heap.edgeKind(edge)) {
            case "context" -> {
                String script = scripts.getOrDefault(from, "");
                boolean begins = !script.isEmpty() && !script.startsWith("node:");
                if (begins) {
                    tokens.clear(); // what led here says less
                }
                tokens.add((script.isEmpty() ? "" : fileName(script) + ": ") + name + typeOf(to));
                return begins ? script : "";
            }
            case "property" -> {
                if (SCRIPT.matcher(name).matches()) {
                    tokens.clear();
                    tokens.add(fileName(name));
                    return name;
                }
                tokens.add(named(name));
            }
            case "element" -> tokens.add("[" + name + "]");
            case "internal" -> {
                if (heap.type(from).equals("array") && isIndex(name)) {
                    entry(from, edge, Integer.parseInt(name), tokens);
                }
            }
            case "hidden" -> {
                // What a class is called within itself has no name in its scope.
                String script = heap.isContext(from) ? scripts.getOrDefault(from, "") : "";
                if (!script.isEmpty()
                        && !script.startsWith("node:")
                        && heap.type(to).equals("closure")) {
                    tokens.clear();
                    tokens.add(fileName(script) + ": " + heap.name(to));
                    return script;
                }
            }
            default -> {}
        }
        return "";
    }

    /** A Map keeps each key before its value in one array; the number after them is no reference. */
    private void entry(int table, int edge, int index, List<String> tokens) {
        int before = heap.target(table, Integer.toString(index - 1));
        int key = before >= 0 && heap.target(table, Integer.toString(index - 2)) < 0 ? before : heap.edgeTarget(edge);
        String text = heap.text(key);
        tokens.add("[" + (text.isEmpty() ? shownType(key) : quoted(text)) + "]");
    }

    /** Whether the name of a reference is a position in an array. */
    static boolean isIndex(String name) {
        return INDEX.matcher(name).matches();
    }

    private String typeOf(int object) {
        return heap.type(object).equals("object") ? " (" + heap.name(object) + ")" : "";
    }

    private String shownType(int object) {
        return heap.type(object).equals("object") ? heap.name(object) : "…";
    }

    private String named(String property) {
        boolean plain =
                IDENTIFIER.matcher(property).matches() && quoted(property).equals("\"" + property + "\"");
        return plain ? property : "[" + quoted(property) + "]";
    }

    private String quoted(String text) {
        boolean secret = needles.isIn(text)
                || text.length() > LONGEST_NAME
                || RANDOM.matcher(text).matches();
        return '"' + (secret ? Needle.shortened(text) : text) + '"';
    }

    /** The script that a function was written in; empty where it is of no file. */
    static String script(NodeHeap heap, int closure) {
        int shared = heap.target(closure, "shared");
        for (String name : List.of("script", "script_or_debug_info")) {
            int script = shared < 0 ? -1 : heap.target(shared, name);
            if (script >= 0
                    && heap.type(script).equals("code")
                    && !heap.name(script).startsWith("system /")) {
                return heap.name(script);
            }
        }
        return "";
    }

    /** As short as tells: of a package what stands in its folder, and never {@code index.js} alone. */
    private static String fileName(String path) {
        int inPackage = path.lastIndexOf(PACKAGES);
        if (inPackage >= 0) {
            return path.substring(inPackage + PACKAGES.length());
        }
        int name = path.lastIndexOf('/') + 1;
        boolean telling = name == 0 || !path.startsWith("index.", name);
        return path.substring(telling ? name : path.lastIndexOf('/', name - 2) + 1);
    }
}
