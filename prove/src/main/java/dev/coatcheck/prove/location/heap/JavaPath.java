package dev.coatcheck.prove.location.heap;

import dev.coatcheck.prove.location.Needle;
import dev.coatcheck.prove.location.PatternSearch;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A path through a JVM's heap as a person reads it: {@code com.acme.Login.sessions (static HashMap) → ["4f1c9a…"] →
 * Session.user}. The insides of collections and of the JDK are left out, and of a long way the parts that say least.
 */
final class JavaPath {
    private static final int LAST_FIELDS = 3;
    private static final int LONGEST_KEY = 40;
    /** What looks like an id or a token. */
    private static final Pattern RANDOM = Pattern.compile("(?=.*\\d)(?=.*[A-Za-z])\\S{12,}");

    private static final Pattern VALUE = Pattern.compile("value|val");

    /** These maps keep keys and values by turns in one array. */
    private static final Pattern ALTERNATING =
            Pattern.compile("java\\.util\\.(ImmutableCollections\\$MapN|IdentityHashMap)");

    private record Token(String text, boolean ofApplication, boolean key) {}

    private final JavaHeap heap;
    private final PatternSearch needles;
    private final List<Integer> path;
    private final List<Token> tokens = new ArrayList<>();

    private JavaPath(JavaHeap heap, PatternSearch needles, List<Integer> path) {
        this.heap = heap;
        this.needles = needles;
        this.path = path;
    }

    static String inWords(JavaHeap heap, PatternSearch needles, List<Integer> path) {
        JavaPath words = new JavaPath(heap, needles, path);
        words.begin();
        for (int i = 0; i + 1 < path.size(); i++) {
            words.step(i);
        }
        return words.joined();
    }

    /** As above, down to a number: {@code com.acme.Visits.count (static int)}. */
    static String inWords(JavaHeap heap, PatternSearch needles, List<Integer> path, NumberSlot slot) {
        JavaPath words = new JavaPath(heap, needles, path);
        words.begin();
        for (int i = 0; i + 1 < path.size(); i++) {
            words.step(i);
        }
        switch (slot) {
            case NumberSlot.OfClass(String field, int type) -> words.ofClass(field, HprofType.name(type));
            case NumberSlot.OfInstance(JavaClass declaring, String field, int type) ->
                words.ofInstance(declaring, field, HprofType.name(type));
            case NumberSlot.Element(int index, int type) -> words.tokens.add(new Token("[" + index + "]", false, true));
            case NumberSlot.Inside inside -> {
                return words.joined() + (inside.isSize() ? ", size" : "");
            }
        }
        return words.joined();
    }

    private void ofClass(String field, String type) {
        JavaClass holder = heap.asClass(path.getLast());
        if (holder != null) {
            token(holder.readableName() + "." + field + " (static " + type + ")", true);
        }
    }

    private void ofInstance(JavaClass declaring, String field, String fieldType) {
        JavaClass type = heap.typeOf(path.getLast());
        JavaClass named = type == null ? declaring : type;
        boolean first = tokens.stream().noneMatch(Token::ofApplication);
        token((first ? named.readableName() : named.simpleName()) + "." + field + " (" + fieldType + ")", true);
    }

    private void begin() {
        int root = path.getFirst();
        if (heap.asClass(root) != null) {
            return;
        }
        JavaClass type = heap.typeOf(root);
        int name = heap.field(root, "name");
        String thread = name == LongIndex.ABSENT ? null : JavaTexts.of(heap, name);
        token(
                thread == null
                        ? "something that native code or a stack holds"
                                + (type == null ? "" : " (" + type.simpleName() + ")")
                        : "thread \"" + thread + "\"",
                false);
    }

    private void step(int i) {
        int from = path.get(i);
        int to = path.get(i + 1);
        JavaClass holder = heap.asClass(from);
        if (holder != null) {
            holder.statics().stream()
                    .filter(field -> heap.find(field.target()) == to)
                    .findFirst()
                    .ifPresent(field -> token(
                            holder.readableName() + "." + field.name() + " (static " + typeName(to) + ")",
                            holder.owner() == JavaClass.Owner.APPLICATION));
            return;
        }
        long[] elements = heap.elements(from);
        if (elements != null) {
            element(i, from, elements, to);
            return;
        }
        for (JavaHeap.Reference reference : heap.fields(from)) {
            if (heap.find(reference.target()) == to) {
                field(from, reference, to);
                return;
            }
        }
    }

    private void field(int from, JavaHeap.Reference reference, int to) {
        JavaClass type = heap.typeOf(from);
        int key = heap.field(from, "key");
        boolean entry = key != LongIndex.ABSENT
                && heap.fields(from).stream()
                        .anyMatch(field -> VALUE.matcher(field.field()).matches());
        boolean toKey = reference.field().equals("key");
        if (entry && (toKey || VALUE.matcher(reference.field()).matches())) {
            key(key);
        } else if (toKey && reference.declaring().name().startsWith("java.util.")) {
            key(to); // a set's element, whose value says nothing
        } else if (reference.declaring().owner() != JavaClass.Owner.JDK && type != null) {
            boolean own = reference.declaring().owner() == JavaClass.Owner.APPLICATION;
            boolean firstOfApplication = own && tokens.stream().noneMatch(Token::ofApplication);
            String name = firstOfApplication ? type.readableName() : type.simpleName();
            String field =
                    reference.declaring().isLambda() ? name + ", captured by a lambda" : name + "." + reference.field();
            token(field + (firstOfApplication && !isText(to) ? " (" + typeName(to) + ")" : ""), own);
        } else if (reference.field().equals("threadLocals") || reference.field().equals("inheritableThreadLocals")) {
            token("a thread-local variable", false);
        }
    }

    private void element(int i, int array, long[] elements, int to) {
        int index = 0;
        while (heap.find(elements[index]) != to) {
            index++;
        }
        JavaClass owner = i == 0 ? null : heap.typeOf(path.get(i - 1));
        String ownerName = owner == null ? "" : owner.name();
        if (ALTERNATING.matcher(ownerName).matches()) {
            key(index % 2 == 0 ? to : heap.find(elements[index - 1]));
            return;
        }
        JavaClass type = heap.typeOf(array);
        boolean table = type != null && type.name().matches("\\[Ljava\\.(util|lang)\\..*[$].*");
        if (!table && !isTableOf(ownerName)) {
            tokens.add(new Token("[" + index + "]", false, true));
        }
    }

    /** Whether the position in such an array says nothing. */
    private static boolean isTableOf(String owner) {
        return owner.startsWith("java.util.")
                && !owner.contains("List")
                && !owner.contains("Vector")
                && !owner.contains("Deque");
    }

    private void key(int object) {
        String text = object == LongIndex.ABSENT ? null : JavaTexts.of(heap, object);
        JavaClass type = object == LongIndex.ABSENT ? null : heap.typeOf(object);
        if (text != null) {
            boolean secret = needles.isIn(text)
                    || text.length() > LONGEST_KEY
                    || RANDOM.matcher(text).matches();
            tokens.add(new Token("[\"" + (secret ? Needle.shortened(text) : text) + "\"]", false, true));
        } else if (type != null && type.name().equals("java.util.UUID")) {
            tokens.add(new Token("[UUID " + uuidBeginning(object) + "…]", false, true));
        } else if (type != null && heap.numbers(object).containsKey("value")) {
            tokens.add(new Token("[" + heap.numbers(object).get("value") + "]", false, true));
        } else {
            tokens.add(new Token(type == null ? "[…]" : "[" + type.simpleName() + "]", false, true));
        }
    }

    private String uuidBeginning(int uuid) {
        return String.format("%016x", heap.numbers(uuid).getOrDefault("mostSigBits", 0L))
                .substring(0, 6);
    }

    private void token(String text, boolean ofApplication) {
        tokens.add(new Token(text, ofApplication, false));
    }

    private String typeName(int object) {
        JavaClass type = heap.typeOf(object);
        return type == null ? "array" : type.simpleName();
    }

    private boolean isText(int object) {
        return JavaTexts.of(heap, object) != null;
    }

    /** From the application's own field where there is one; of a long way the end, which says most. */
    private String joined() {
        int first = 0;
        while (first < tokens.size() && !tokens.get(first).ofApplication()) {
            first++;
        }
        boolean ofApplication = first < tokens.size();
        List<Token> shown = ofApplication ? tokens.subList(first, tokens.size()) : tokens;
        int from = shown.size();
        for (int fields = 0; from > 0 && fields < LAST_FIELDS; from--) {
            fields += shown.get(from - 1).key() ? 0 : 1;
        }
        List<String> words = new ArrayList<>();
        if (ofApplication && from > 0) {
            words.add(shown.getFirst().text());
            if (from > 1) {
                words.add("…");
            }
            from = Math.max(1, from);
        }
        shown.subList(from, shown.size()).forEach(token -> words.add(token.text()));
        return String.join(" → ", words);
    }
}
