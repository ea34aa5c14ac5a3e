package io.weft.kernel.client;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.weft.kernel.wire.WireMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the Jupyter protocol asks of each type of message that a kernel sends, as JSON schemas.
///
/// One resource per type stands in `io/weft/kernel/protocol`. It describes a message with its headers, metadata and
/// content, the channel it came on, and the length of each of its buffers. Fields beyond those of the protocol are
/// allowed, as the protocol has it. Safe for use by many threads.
///
/// @see <a href="https://jupyter-client.readthedocs.io/en/stable/messaging.html">Messaging in Jupyter</a>
public final class ProtocolSchema {
    private static final String FOLDER = "io/weft/kernel/protocol/";
    private static final String COMMON = "common";
    private static final int MAX_SHOWN_CHARS = 300;

    private static final JsonMapper MAPPER = new JsonMapper();
    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaRegistryConfig(
                    SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));
    private static final Map<String, Schema> SCHEMAS = new ConcurrentHashMap<>();

    private ProtocolSchema() {}

    /// The types of message that have a schema.
    public static List<String> types() {
        try (Stream<Path> files = Files.list(
                Path.of(Objects.requireNonNull(loader().getResource(FOLDER)).toURI()))) {
            return files.map(file -> file.getFileName().toString().replace(".json", ""))
                    .filter(type -> !type.equals(COMMON))
                    .sorted()
                    .toList();
        } catch (IOException | URISyntaxException unreadable) {
            throw new IllegalStateException("no schemas in " + FOLDER, unreadable);
        }
    }

    /// Checks a message that a client received.
    ///
    /// @throws AssertionError if the message is not what its schema says, or has none
    public static void check(String channel, WireMessage message) {
        check(message.header().type(), document(channel, message));
    }

    /// Checks a message of a type that the protocol does not know: what holds for every reply must hold for it.
    ///
    /// @throws AssertionError if it does not
    public static void checkUnknown(String channel, WireMessage message) {
        Map<String, Object> document = document(channel, message);
        report(message.header().type(), document, definition("unknown_reply"));
    }

    /// Checks a message that is given as the schemas see it.
    ///
    /// @param document its `channel`, `header`, `parent_header`, `metadata`, `content` and `buffers`
    /// @throws AssertionError if it is not what the schema of the type says, or there is none
    static void check(String type, Map<String, ? extends @Nullable Object> document) {
        if (type.equals(COMMON) || !type.matches("\\w+") || loader().getResource(FOLDER + type + ".json") == null) {
            throw new AssertionError(
                    "'%s' is no message that a kernel sends: %s".formatted(type, cut(String.valueOf(document))));
        }
        report(type, document, SCHEMAS.computeIfAbsent(type, ProtocolSchema::load));
    }

    /// The schema of a type as a tree of maps and lists; `common` for what the others share.
    static Map<String, Object> tree(String name) {
        try (InputStream file = Objects.requireNonNull(loader().getResourceAsStream(FOLDER + name + ".json"), name)) {
            return Objects.requireNonNull(asMap(MAPPER.readValue(file, Object.class)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static void report(String type, Map<String, ? extends @Nullable Object> document, Schema schema) {
        var node = MAPPER.<JsonNode>valueToTree(document);
        var errors = schema.validate(node);
        if (!errors.isEmpty()) {
            throw new AssertionError("%s is not what the protocol asks for:%n%s"
                    .formatted(
                            type,
                            errors.stream()
                                    .map(error -> "  %s: %s, but there is %s"
                                            .formatted(
                                                    error.getInstanceLocation(),
                                                    error.getMessage(),
                                                    cut(String.valueOf(error.getInstanceNode()))))
                                    .distinct()
                                    .collect(Collectors.joining("\n"))));
        }
    }

    private static Map<String, Object> document(String channel, WireMessage message) {
        var document = new LinkedHashMap<String, Object>();
        document.put("channel", channel);
        document.put("header", message.header().fields());
        document.put("parent_header", message.parent().fields());
        document.put("metadata", message.metadata());
        document.put("content", message.content());
        document.put(
                "buffers", message.buffers().stream().map(bytes -> bytes.length).toList());
        return document;
    }

    private static Schema load(String type) {
        return REGISTRY.getSchema(SchemaLocation.of("classpath:" + FOLDER + type + ".json"));
    }

    private static Schema definition(String name) {
        return SCHEMAS.computeIfAbsent(
                "#" + name,
                _ -> REGISTRY.getSchema(
                        "{\"$ref\": \"classpath:%s%s.json#/$defs/%s\"}".formatted(FOLDER, COMMON, name),
                        InputFormat.JSON));
    }

    @SuppressWarnings("unchecked") // JSON's objects have texts for keys
    private static Map<String, Object> asMap(Object tree) {
        return (Map<String, Object>) tree;
    }

    private static String cut(String text) {
        return text.length() <= MAX_SHOWN_CHARS ? text : text.substring(0, MAX_SHOWN_CHARS) + "…";
    }

    private static ClassLoader loader() {
        return ProtocolSchema.class.getClassLoader();
    }
}
