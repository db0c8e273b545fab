package dev.coatcheck.prove.location.heap;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What in a heap of Node is the application's own: the variables of its scripts and functions, and what they hold in plain
 * objects, collections, objects of its classes and closures. That is the graph; its roots are the sets of variables that
 * have a name, so that they can be found again in another heap.
 */
final class NodeScopes implements HeapGraph {
    private static final String PACKAGES = "/node_modules/";

    /** Objects of the language's own that hold what is put into them. */
    private static final Set<String> PLAIN = Set.of("Object", "Array", "Map", "Set");

    /** What the variables of one call of a function cost, and those of a file do not. */
    private static final int OF_A_CALL = 6;

    private final NodeHeap heap;

    /** The script of each context whose variables a function of the application sees, as told from the application's folder. */
    private final Map<Integer, String> scripts = new HashMap<>();

    /** The contexts by name; -1 where several have the same. */
    private final Map<String, Integer> named = new HashMap<>();

    private final Map<Integer, String> names = new HashMap<>();
    private final BitSet own = new BitSet();

    NodeScopes(NodeHeap heap) {
        this.heap = heap;
        findScripts();
        for (int object = 0; object < heap.size(); object++) {
            own.set(object, isOwn(object));
        }
        scripts.keySet().forEach(context -> {
            String name = name(context);
            names.put(context, name);
            named.merge(name, context, (one, other) -> -1);
        });
    }

    private void findScripts() {
        Map<Integer, String> paths = new HashMap<>();
        for (int object = 0; object < heap.size(); object++) {
            int context = heap.type(object).equals("closure") ? heap.target(object, "context") : -1;
            // Functions that see no variables of a file have what is everywhere.
            if (context >= 0 && heap.isContext(context) && !paths.containsKey(context)) {
                paths.put(context, NodePath.script(heap, object));
            }
        }
        paths.values().removeIf(script -> !isOfApplication(script));
        // An instance may run in a copy of the folder.
        String folder = paths.values().stream()
                .map(path -> path.substring(0, path.lastIndexOf('/') + 1))
                .reduce(NodeScopes::common)
                .orElse("");
        paths.forEach((context, path) -> scripts.put(context, path.substring(folder.length())));
    }

    private static boolean isOfApplication(String script) {
        return script.contains("/") && !script.startsWith("node:") && !script.contains(PACKAGES);
    }

    /** The folder that both lie in. */
    private static String common(String one, String other) {
        String folder = one;
        while (!other.startsWith(folder)) {
            folder = folder.substring(0, folder.lastIndexOf('/', folder.length() - 2) + 1);
        }
        return folder;
    }

    /** The script and the names of all variables that are seen there. */
    private String name(int context) {
        StringBuilder name = new StringBuilder(scripts.getOrDefault(context, ""));
        for (int at = context; at >= 0 && heap.isContext(at); at = heap.target(at, "previous")) {
            Set<String> variables = new TreeSet<>();
            for (int edge = heap.firstEdge(at); edge < heap.firstEdge(at + 1); edge++) {
                if (heap.edgeKind(edge).equals("context")) {
                    variables.add(heap.edgeName(edge));
                }
            }
            name.append(' ').append(variables);
        }
        return name.toString();
    }

    private boolean isOwn(int object) {
        return switch (heap.type(object)) {
            case "array" -> true; // the elements of another, or its table
            case "closure" -> isOfApplication(NodePath.script(heap, object));
            case "object" -> scripts.containsKey(object) || PLAIN.contains(heap.name(object)) || isOfOwnClass(object);
            default -> false;
        };
    }

    private boolean isOfOwnClass(int object) {
        int prototype = heap.target(object, "__proto__");
        int constructor = prototype < 0 ? -1 : heap.target(prototype, "constructor");
        return constructor >= 0
                && heap.type(constructor).equals("closure")
                && isOfApplication(NodePath.script(heap, constructor));
    }

    /** The context of this heap that is called as one of another is; empty where there is none, or several. */
    Optional<Integer> counterpart(NodeScopes other, int context) {
        return Optional.ofNullable(other.names.get(context)).map(named::get).filter(there -> there >= 0);
    }

    @Override
    public int size() {
        return heap.size();
    }

    @Override
    public void roots(Visitor visitor) {
        named.values().stream()
                .filter(context -> context >= 0)
                .forEach(context -> visitor.to(context, heap.isOfModule(context) ? 0 : OF_A_CALL));
    }

    @Override
    public void references(int object, Visitor visitor) {
        heap.references(object, (to, cost) -> {
            if (own.get(to)) {
                visitor.to(to, cost);
            }
        });
    }
}
