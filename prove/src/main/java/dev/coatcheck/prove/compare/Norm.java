package dev.coatcheck.prove.compare;

import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeType;

/** What a value has to be like, as the control's runs have shown. A response is compared as one value, a tree of JSON. */
sealed interface Norm
        permits Carried, Norm.Exact, Norm.Named, Norm.Partly, Norm.Varying, Norm.Fields, Norm.Elements, Norm.Several {

    /** The same in every run. */
    record Exact(JsonNode value) implements Norm {}

    /** Another one in every run, but always the same once values are called by their names. */
    record Named(String renamed) implements Norm {}

    /** A text of which only parts vary. */
    record Partly(Phrase phrase) implements Norm {}

    /** A value that varies: of one of these types, and if it is a number or a text, of this shape. */
    record Varying(Set<JsonNodeType> types, Shape shape) implements Norm {}

    /**
     * An object.
     *
     * @param always the fields that every run has
     * @param sometimes what is seen of fields that only some runs have; none, where there are no such fields
     */
    record Fields(Map<String, Norm> always, List<Norm> sometimes) implements Norm {}

    /**
     * A list of one length.
     *
     * @param sortedBy the places inside its elements that tell them apart, where their order varies; else none
     * @param common elements that every run has, though not at the same index
     */
    record Elements(List<Norm> inOrder, List<String> sortedBy, List<String> common) implements Norm {}

    /**
     * A list whose length varies.
     *
     * @param common elements that every run has
     * @param any what all other elements have in common
     */
    record Several(List<String> common, Norm any, boolean canBeEmpty) implements Norm {}
}
