package dev.coatcheck.process.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A record whose components are parts, in order. Reading the class finds what is wrong with the record itself; that is a
 * bug in the program and not a problem of the environment.
 */
record Group(Class<? extends Record> type, Constructor<? extends Record> constructor, List<Part> parts)
        implements Part {

    static Group of(Class<? extends Record> type) {
        var group = of(type, "");
        var names = new HashSet<String>();
        group.settings()
                .flatMap(setting -> Stream.of(setting.name(), setting.fileName()))
                .forEach(name -> {
                    if (!names.add(name)) {
                        throw new IllegalArgumentException(
                                type.getName() + " has two components that would read " + name + "; rename one");
                    }
                });
        return group;
    }

    private static Group of(Class<? extends Record> type, String prefix) {
        var components = type.getRecordComponents();
        var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            var constructor = type.getDeclaredConstructor(types);
            // The record may be private to the program that reads it.
            constructor.setAccessible(true);
            var parts = Arrays.stream(components)
                    .map(component -> part(component, prefix))
                    .toList();
            return new Group(type, constructor, parts);
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException(type + " is a record without its canonical constructor", impossible);
        }
    }

    private static Part part(RecordComponent component, String prefix) {
        var name = prefix + variable(component.getName());
        return component.getType().isRecord()
                ? of(component.getType().asSubclass(Record.class), name + "_")
                : Component.of(component).setting(name);
    }

    /** {@code databaseUrl} as {@code DATABASE_URL}, {@code baseURL} as {@code BASE_URL}. */
    static String variable(String component) {
        return component
                .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .replaceAll("([A-Z])([A-Z][a-z])", "$1_$2")
                .toUpperCase(Locale.ROOT);
    }

    @Override
    public Stream<Setting> settings() {
        return parts.stream().flatMap(Part::settings);
    }
}
