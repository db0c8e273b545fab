package dev.coatcheck.state.flags;

import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.flags.Rule.Condition;
import dev.coatcheck.state.flags.Rule.Share;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A flag as it is stored: lines of fields with tabs in between, the format's number first. Tabs, line ends and backslashes
 * in a text are escaped with a backslash.
 *
 * <pre>
 * 1
 * otherwise  bool  false
 * rule
 * where      plan  pro  team
 * serve      1000  bool  true
 * </pre>
 */
final class FlagFormat {
    private static final String FORMAT = "1";

    private FlagFormat() {}

    static String write(Flag flag) {
        var lines = new ArrayList<String>(List.of(FORMAT, "otherwise\t" + write(flag.otherwise())));
        for (var rule : flag.rules()) {
            lines.add("rule");
            for (var condition : rule.conditions()) {
                var fields = new ArrayList<>(List.of("where", escape(condition.attribute())));
                new TreeSet<>(condition.anyOf()).forEach(value -> fields.add(escape(value)));
                lines.add(String.join("\t", fields));
            }
            rule.shares().forEach(share -> lines.add("serve\t" + share.tenThousandths() + "\t" + write(share.value())));
        }
        var text = String.join("\n", lines);
        StoredText.require("the flag \"" + flag.name() + "\"", text);
        if (StoredText.utf8Length(text) > Flag.MAX_STORED_BYTES) {
            throw new IllegalArgumentException("the flag \"%s\" is larger than %d bytes: keep lists of users elsewhere"
                    .formatted(flag.name(), Flag.MAX_STORED_BYTES));
        }
        return text;
    }

    /** @throws IllegalArgumentException where it is nothing that this release reads */
    static Flag read(String name, String text) {
        var lines = text.split("\n", -1);
        if (!lines[0].equals(FORMAT) || lines.length < 2) {
            throw new IllegalArgumentException("a flag in a format that this release does not read");
        }
        var otherwise = value(fields(lines[1], "otherwise", 3), 1);
        var rules = new ArrayList<Rule>();
        for (int i = 2; i < lines.length; ) {
            fields(lines[i++], "rule", 1);
            var conditions = new ArrayList<Condition>();
            while (i < lines.length && lines[i].startsWith("where\t")) {
                var fields = fields(lines[i++], "where", 2);
                conditions.add(new Condition(fields.get(1), Set.copyOf(fields.subList(2, fields.size()))));
            }
            var shares = new ArrayList<Share>();
            while (i < lines.length && lines[i].startsWith("serve\t")) {
                var fields = fields(lines[i++], "serve", 4);
                shares.add(new Share(value(fields, 2), Integer.parseInt(fields.get(1))));
            }
            rules.add(new Rule(conditions, shares));
        }
        return new Flag(name, otherwise, rules);
    }

    private static List<String> fields(String line, String kind, int atLeast) {
        var fields =
                Arrays.stream(line.split("\t", -1)).map(FlagFormat::unescape).toList();
        if (!fields.get(0).equals(kind) || fields.size() < atLeast) {
            throw new IllegalArgumentException("a flag with a line that is no \"" + kind + "\"");
        }
        return fields;
    }

    private static String write(FlagValue value) {
        return switch (value) {
            case FlagValue.Bool(boolean on) -> "bool\t" + on;
            case FlagValue.Text(String text) -> "text\t" + escape(text);
            case FlagValue.Whole(long number) -> "whole\t" + number;
            case FlagValue.Real(double number) -> "real\t" + number;
        };
    }

    private static FlagValue value(List<String> fields, int from) {
        var value = fields.get(from + 1);
        return switch (fields.get(from)) {
            case "bool" -> FlagValue.of(bool(value));
            case "text" -> FlagValue.of(value);
            case "whole" -> FlagValue.of(Long.parseLong(value));
            case "real" -> FlagValue.of(Double.parseDouble(value));
            default -> throw new IllegalArgumentException("a flag with a value of an unknown type");
        };
    }

    private static boolean bool(String value) {
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException("a flag with a value that is neither true nor false");
        }
        return value.equals("true");
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
    }

    private static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        var plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char here = text.charAt(i);
            if (here == '\\' && i + 1 < text.length()) {
                char escaped = text.charAt(++i);
                plain.append(escaped == 't' ? '\t' : escaped == 'n' ? '\n' : escaped);
            } else {
                plain.append(here);
            }
        }
        return plain.toString();
    }
}
