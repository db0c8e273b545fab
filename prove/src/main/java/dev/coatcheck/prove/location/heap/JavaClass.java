package dev.coatcheck.prove.location.heap;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A class in a heap dump.
 *
 * @param superclass its id; 0 for {@code Object}
 * @param owner whose code it is
 * @param statics its static fields that refer to something
 * @param staticNumbers its static fields that are numbers or truth values themselves
 * @param fields the fields that it declares itself, in the order of the dump
 */
record JavaClass(
        long id,
        String name,
        long superclass,
        Owner owner,
        List<StaticField> statics,
        List<StaticNumber> staticNumbers,
        List<InstanceField> fields) {
    /** A static field and the id of what it refers to. */
    record StaticField(String name, long target) {}

    /** A static field that is no reference, its type as {@link HprofType} numbers them, and its value. */
    record StaticNumber(String name, int type, double value) {}

    /** A field of each instance, and its type as {@link HprofType} numbers them. */
    record InstanceField(String name, int type) {}

    private static final Pattern JDK = Pattern.compile("(javax?|jdk|sun|com\\.sun|netscape)\\..*");
    private static final Pattern FRAMEWORKS = Pattern.compile(
            "(jakarta|org\\.(springframework|apache|eclipse|hibernate|jboss|wildfly|xnio|slf4j|codehaus|glassfish|jvnet|joda|aspectj"
                    + "|infinispan|ehcache|redisson|thymeleaf|h2|hsqldb|postgresql|mariadb|mongodb|bouncycastle|yaml|reactivestreams|groovy)"
                    + "|io\\.(netty|undertow|micronaut|quarkus|smallrye|vertx|helidon|javalin|ktor|micrometer|lettuce|grpc|reactivex|projectreactor|prometheus|opentelemetry|dropwizard|jsonwebtoken)"
                    + "|com\\.(fasterxml|google\\.(common|gson|inject|protobuf)|github\\.benmanes|zaxxer|mysql|mchange|ibm|oracle|microsoft|hazelcast)"
                    + "|tools\\.jackson|ch\\.qos|kotlinx?|scala|groovy|clojure|akka|play|ratpack|spark|reactor|net\\.(sf|bytebuddy|logstash)|okhttp3|okio|redis|dagger|lombok)\\..*");

    /** Whose code it is. */
    enum Owner {
        APPLICATION,
        FRAMEWORK,
        JDK
    }

    /**
     * Told by the name, as a class loader tells nothing of who wrote a class.
     *
     * @param boot whether the JVM itself loaded it, and no class loader
     */
    static Owner ownerOf(String name, boolean boot) {
        if (boot || name.startsWith("[") || JDK.matcher(name).matches()) {
            return Owner.JDK;
        }
        return FRAMEWORKS.matcher(name).matches() ? Owner.FRAMEWORK : Owner.APPLICATION;
    }

    /** As code would write it: without the package, and for a lambda the class that it stands in. */
    String simpleName() {
        if (name.startsWith("[")) {
            return name.replaceFirst("^\\[+L?(.*[.$])?(.*?);?$", "$2[]");
        }
        String readable = readableName();
        String withoutPackage = readable.substring(readable.lastIndexOf('.') + 1);
        return withoutPackage.substring(withoutPackage.lastIndexOf('$') + 1).isEmpty()
                ? withoutPackage
                : withoutPackage.replaceFirst("^.*\\$(?=\\D)", "");
    }

    /** A hidden class has an address in its name, which says nothing to anybody. */
    String readableName() {
        return isLambda() ? name.substring(0, name.indexOf("$$Lambda")) : name.replaceFirst("[/+]0x[0-9a-f]+$", "");
    }

    boolean isLambda() {
        return name.contains("$$Lambda");
    }
}
