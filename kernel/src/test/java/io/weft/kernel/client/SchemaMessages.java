package io.weft.kernel.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Messages that are made from a schema, right ones and wrong ones.
///
/// Understands as much of JSON Schema as the schemas of the protocol use.
final class SchemaMessages {
    private static final Map<String, Object> COMMON = ProtocolSchema.tree("common");
    /// A value that no map can hold otherwise: the field is gone.
    private static final Object GONE = new Object();

    private SchemaMessages() {}

    /// A right message for each form that the schema of a type allows.
    static List<Example> of(String type) {
        return forms(ProtocolSchema.tree(type)).stream().map(Example::new).toList();
    }

    /// A message that differs from a right one at one path.
    record Change(String path, Map<String, Object> message) {}

    /// One form of a message.
    ///
    /// @param form its schema, in which no choice is left
    record Example(Map<String, Object> form) {
        /// The message.
        Map<String, Object> message() {
            return object(value(form));
        }

        /// The message without one required field, for each of them.
        List<Change> withoutRequiredFields() {
            return changes(Kind.WITHOUT_REQUIRED);
        }

        /// The message with one value of another type, for each of them.
        List<Change> withFieldsOfAnotherType() {
            return changes(Kind.OTHER_TYPE);
        }

        /// The message without one of the optional fields, and with one that nobody knows.
        List<Change> thatAreStillRight() {
            List<Change> changes = changes(Kind.WITHOUT_OPTIONAL);
            Map<String, Object> more = message();
            more.put("content", merged(object(more.get("content")), Map.of("x-unknown", 1)));
            changes.add(new Change("/content/x-unknown", more));
            return changes;
        }

        private List<Change> changes(Kind kind) {
            var changes = new ArrayList<Change>();
            mutants(form, value(form), "", kind)
                    .filter(mutant -> !mutant.path().isEmpty())
                    .forEach(mutant -> changes.add(new Change(mutant.path(), object(mutant.value()))));
            return changes;
        }
    }

    private enum Kind {
        WITHOUT_REQUIRED,
        WITHOUT_OPTIONAL,
        OTHER_TYPE
    }

    private record Mutant(String path, Object value) {}

    private static Stream<Mutant> mutants(Map<String, Object> form, Object value, String path, Kind kind) {
        Stream<Mutant> own = kind == Kind.OTHER_TYPE ? ofAnotherType(form, path) : Stream.empty();
        if (value instanceof Map<?, ?>) {
            Map<String, Object> object = object(value);
            return Stream.concat(
                    own,
                    object.keySet().stream()
                            .flatMap(name -> inField(form, name, object, path, kind)
                                    .map(mutant -> new Mutant(mutant.path(), with(object, name, mutant.value())))));
        }
        if (value instanceof List<?> items) {
            return Stream.concat(own, inItems(form, items, path, kind));
        }
        return own;
    }

    /// What can be changed in a field, as mutants of the field's value.
    private static Stream<Mutant> inField(
            Map<String, Object> form, String name, Map<String, Object> object, String path, Kind kind) {
        String here = path + "/" + name;
        Map<String, Object> field = object(
                object(form.getOrDefault("properties", Map.of())).getOrDefault(name, form.get("additionalProperties")));
        boolean required = strings(form.get("required")).contains(name);
        boolean removable = kind == (required ? Kind.WITHOUT_REQUIRED : Kind.WITHOUT_OPTIONAL);
        return Stream.concat(
                removable ? Stream.of(new Mutant(here, GONE)) : Stream.empty(),
                mutants(field, Objects.requireNonNull(object.get(name)), here, kind));
    }

    private static Stream<Mutant> inItems(Map<String, Object> form, List<?> items, String path, Kind kind) {
        var mutants = new ArrayList<Mutant>();
        for (int at = 0; at < items.size(); at++) {
            int index = at;
            mutants(itemForm(form, at), items.get(at), path + "/" + at, kind)
                    .forEach(mutant -> mutants.add(new Mutant(mutant.path(), with(items, index, mutant.value()))));
        }
        if (kind == Kind.WITHOUT_REQUIRED && form.containsKey("minItems")) {
            mutants.add(new Mutant(path + "/" + (items.size() - 1), items.subList(0, items.size() - 1)));
        }
        return mutants.stream();
    }

    private static Stream<Mutant> ofAnotherType(Map<String, Object> form, String path) {
        List<String> types = form.get("type") instanceof String one ? List.of(one) : strings(form.get("type"));
        if (form.containsKey("const") || form.containsKey("enum")) {
            return Stream.of(new Mutant(path, "no such value"), new Mutant(path, 7));
        }
        if (types.isEmpty()) {
            return Stream.empty();
        }
        Map<String, Object> values = Map.of(
                "string", "text", "integer", 7, "number", 7, "boolean", true, "array", List.of(), "object", Map.of());
        return values.entrySet().stream()
                .filter(entry -> !types.contains(entry.getKey())
                        && !(types.contains("number") && entry.getKey().equals("integer"))
                        && !(types.contains("integer") && entry.getKey().equals("number")))
                .map(entry -> new Mutant(path, entry.getValue()));
    }

    private static Map<String, Object> with(Map<String, Object> object, String name, Object value) {
        var copy = new LinkedHashMap<>(object);
        if (value == GONE) {
            copy.remove(name);
        } else {
            copy.put(name, value);
        }
        return copy;
    }

    private static List<Object> with(List<?> items, int index, Object value) {
        var copy = new ArrayList<Object>(items);
        copy.set(index, value);
        return copy;
    }

    private static Map<String, Object> itemForm(Map<String, Object> form, int at) {
        return form.get("prefixItems") instanceof List<?> items ? object(items.get(at)) : object(form.get("items"));
    }

    /// The value of a schema in which no choice is left: all fields, one item in each list.
    private static Object value(Map<String, Object> form) {
        if (form.containsKey("const")) {
            return form.get("const");
        }
        for (String choice : List.of("enum", "examples")) {
            if (form.get(choice) instanceof List<?> values) {
                return values.getFirst();
            }
        }
        String type = form.get("type") instanceof String one
                ? one
                : strings(form.get("type")).stream().findFirst().orElse("object");
        return switch (type) {
            case "string" -> "text";
            case "integer", "number" -> form.getOrDefault("minimum", 1);
            case "boolean" -> true;
            case "array" -> items(form);
            default -> fields(form);
        };
    }

    private static List<Object> items(Map<String, Object> form) {
        if (form.get("prefixItems") instanceof List<?> items) {
            return items.stream().map(item -> value(object(item))).toList();
        }
        return Integer.valueOf(0).equals(form.get("maxItems")) || !form.containsKey("items")
                ? List.of()
                : List.of(value(object(form.get("items"))));
    }

    private static Map<String, Object> fields(Map<String, Object> form) {
        var fields = new LinkedHashMap<String, Object>();
        object(form.getOrDefault("properties", Map.of()))
                .forEach((name, field) -> fields.put(name, value(object(field))));
        if (form.containsKey("additionalProperties")) {
            fields.put("some", value(object(form.get("additionalProperties"))));
        }
        return fields;
    }

    /// The schemas that a schema's choices lead to, one choice at a time.
    private static List<Map<String, Object>> forms(Map<String, Object> schema) {
        Map<String, Object> whole = resolved(schema);
        for (String choice : List.of("oneOf", "anyOf")) {
            if (whole.get(choice) instanceof List<?> branches) {
                var rest = new LinkedHashMap<>(whole);
                rest.remove(choice);
                return branches.stream()
                        .flatMap(branch -> forms(merged(rest, resolved(object(branch)))).stream())
                        .toList();
            }
        }
        var forms = new ArrayList<Map<String, Object>>();
        forms.add(whole);
        for (String keyword : List.of("items", "additionalProperties")) {
            if (whole.get(keyword) instanceof Map<?, ?> part) {
                spread(forms, forms(object(part)), (form, one) -> with(form, keyword, one));
            }
        }
        if (whole.get("prefixItems") instanceof List<?> items) {
            for (int at = 0; at < items.size(); at++) {
                int index = at;
                spread(
                        forms,
                        forms(object(items.get(at))),
                        (form, one) -> with(
                                form,
                                "prefixItems",
                                with(Objects.requireNonNull((List<?>) form.get("prefixItems")), index, one)));
            }
        }
        object(whole.getOrDefault("properties", Map.of()))
                .forEach((name, field) -> spread(
                        forms,
                        forms(object(field)),
                        (form, one) -> with(form, "properties", with(object(form.get("properties")), name, one))));
        return forms;
    }

    private interface Placing {
        Map<String, Object> place(Map<String, Object> form, Map<String, Object> part);
    }

    /// Gives every form the part's first form, and adds the first form with each other form of the part.
    private static void spread(List<Map<String, Object>> forms, List<Map<String, Object>> parts, Placing placing) {
        Map<String, Object> first = forms.getFirst();
        forms.replaceAll(form -> placing.place(form, parts.getFirst()));
        for (Map<String, Object> part : parts.subList(1, parts.size())) {
            forms.add(placing.place(first, part));
        }
    }

    /// The schema with what it refers to in the place of the reference, one level deep.
    private static Map<String, Object> resolved(Map<String, Object> schema) {
        Map<String, Object> whole = new LinkedHashMap<>(schema);
        if (whole.remove("$ref") instanceof String reference) {
            String name = reference.substring(reference.lastIndexOf('/') + 1);
            whole = merged(resolved(object(object(COMMON.get("$defs")).get(name))), whole);
        }
        if (whole.remove("allOf") instanceof List<?> parts) {
            for (Object part : parts) {
                whole = merged(whole, resolved(object(part)));
            }
        }
        return whole;
    }

    /// A schema that asks for what both ask for; where both name a value, the second is the narrower one.
    private static Map<String, Object> merged(Map<String, Object> one, Map<String, Object> other) {
        var both = new LinkedHashMap<>(one);
        other.forEach((keyword, value) -> {
            Object before = both.get(keyword);
            if (keyword.equals("required")) {
                var names = new TreeSet<>(strings(before));
                names.addAll(strings(value));
                both.put(keyword, List.copyOf(names));
            } else if (keyword.equals("properties") && before != null) {
                var properties = new LinkedHashMap<>(object(before));
                object(value)
                        .forEach((name, field) -> properties.merge(
                                name,
                                field,
                                (ours, theirs) -> merged(resolved(object(ours)), resolved(object(theirs)))));
                both.put(keyword, properties);
            } else {
                both.put(keyword, value);
            }
        });
        return both;
    }

    @SuppressWarnings("unchecked") // JSON's objects have texts for keys
    private static Map<String, Object> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? new LinkedHashMap<>((Map<String, Object>) map) : new LinkedHashMap<>();
    }

    private static List<String> strings(@Nullable Object value) {
        return value instanceof List<?> items
                ? items.stream().map(String::valueOf).toList()
                : List.of();
    }
}
