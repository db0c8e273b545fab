package dev.coatcheck.formation.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.StreamDataWriter;
import org.snakeyaml.engine.v2.comments.CommentLine;
import org.snakeyaml.engine.v2.comments.CommentType;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.emitter.Emitter;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.serializer.Serializer;

/**
 * A YAML mapping with comments, in the order in which it is put together. Not thread-safe.
 *
 * <p>Engines read YAML 1.1 and 1.2, in which {@code yes}, {@code 0x1} or {@code 1:30} may be a text, a boolean or a number.
 * So a text stands without quotes only if it is a word in all of them.
 */
final class Yaml {
    private static final Pattern WORD = Pattern.compile("/?[A-Za-z][A-Za-z0-9./_-]*");
    private static final Pattern EMPTY_LINE = Pattern.compile("^ +$", Pattern.MULTILINE | Pattern.UNIX_LINES);
    private static final Set<String> NO_TEXT = Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");
    private static final DumpSettings FORM = DumpSettings.builder()
            .setDumpComments(true)
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setIndent(2)
            .setIndicatorIndent(2)
            .setIndentWithIndicator(true)
            .setSplitLines(false)
            .build();

    private final List<NodeTuple> entries = new ArrayList<>();
    private final List<CommentLine> comments = new ArrayList<>();

    /** Comment lines above what is put next. */
    Yaml comment(String... lines) {
        for (String line : lines) {
            String text = Head.printable(line);
            comments.add(line(text.isEmpty() ? "" : " " + text, CommentType.BLOCK));
        }
        return this;
    }

    /** The comment at the head of a file. */
    Yaml head(List<String> lines) {
        return comment(lines.toArray(String[]::new)).gap();
    }

    /** An empty line above what is put next. */
    Yaml gap() {
        comments.add(line("", CommentType.BLANK_LINE));
        return this;
    }

    Yaml put(String key, String text) {
        return put(key, scalar(text));
    }

    Yaml put(String key, int number) {
        return put(key, new ScalarNode(Tag.INT, Integer.toString(number), ScalarStyle.PLAIN));
    }

    Yaml put(String key, boolean value) {
        return put(key, new ScalarNode(Tag.BOOL, Boolean.toString(value), ScalarStyle.PLAIN));
    }

    Yaml put(String key, Yaml mapping) {
        return put(key, mapping.node());
    }

    Yaml put(String key, Map<String, String> texts) {
        Yaml mapping = new Yaml();
        texts.forEach(mapping::put);
        return put(key, mapping);
    }

    /** A list in one line. */
    Yaml items(String key, String... texts) {
        return put(key, sequence(Stream.of(texts).map(Yaml::scalar).toList(), FlowStyle.FLOW));
    }

    /** A list of texts, each in a line. */
    Yaml lines(String key, List<String> texts) {
        return put(key, sequence(texts.stream().map(Yaml::scalar).toList(), FlowStyle.BLOCK));
    }

    /** A list of mappings. */
    Yaml put(String key, List<Yaml> mappings) {
        return put(key, sequence(mappings.stream().map(Yaml::node).toList(), FlowStyle.BLOCK));
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** The whole file. */
    String document() {
        StringBuilder text = new StringBuilder();
        Serializer serializer = new Serializer(FORM, new Emitter(FORM, new StreamDataWriter() {
            @Override
            public void write(String part) {
                text.append(part);
            }

            @Override
            public void write(String part, int offset, int length) {
                text.append(part, offset, offset + length);
            }

            @Override
            public void flush() {}
        }));
        serializer.emitStreamStart();
        serializer.serializeDocument(node());
        serializer.emitStreamEnd();
        // Line ends in YAML 1.1, and a mark of the byte order; all inside quotes, for a comment holds none.
        return EMPTY_LINE
                .matcher(text)
                .replaceAll("")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029")
                .replace("\ufeff", "\\ufeff");
    }

    private Yaml put(String key, Node value) {
        ScalarNode name = scalar(key);
        name.setBlockComments(List.copyOf(comments));
        comments.clear();
        entries.add(new NodeTuple(name, value));
        return this;
    }

    private Node node() {
        return new MappingNode(Tag.MAP, entries, entries.isEmpty() ? FlowStyle.FLOW : FlowStyle.BLOCK);
    }

    private static SequenceNode sequence(List<? extends Node> elements, FlowStyle style) {
        return new SequenceNode(Tag.SEQ, List.copyOf(elements), style);
    }

    private static ScalarNode scalar(String text) {
        boolean plain =
                WORD.matcher(text).matches() && !NO_TEXT.contains(text.toLowerCase(Locale.ROOT)) && !text.endsWith("-");
        return new ScalarNode(Tag.STR, text, plain ? ScalarStyle.PLAIN : ScalarStyle.DOUBLE_QUOTED);
    }

    private static CommentLine line(String text, CommentType type) {
        return new CommentLine(Optional.empty(), Optional.empty(), text, type);
    }
}
