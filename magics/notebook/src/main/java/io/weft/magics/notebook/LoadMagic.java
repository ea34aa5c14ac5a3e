package io.weft.magics.notebook;

import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// `%load`: runs a file as if it stood in the cell.
@Command(description = "Run a file of Java or a notebook: what it declares, the cells below can use.")
final class LoadMagic implements Callable<Object> {
    private static final List<String> ENDINGS = List.of(".ipynb", ".jsh", ".jshell", ".java", ".ijava");
    private static final Pattern PACKAGE = Pattern.compile("(?m)^\\s*package\\s+[\\w.]+\\s*;");
    /// The commands of the jshell tool that a script ends with.
    private static final Pattern EXIT = Pattern.compile("(?m)^/ex(?:it)?\\b.*$");

    private final Cell cell;
    private final Surroundings surroundings;

    @Parameters(
            paramLabel = "FILE",
            description = "The file, with or without its ending: .ipynb, .jsh, .jshell, .java or .ijava.")
    String file = "";

    LoadMagic(Cell cell, Surroundings surroundings) {
        this.cell = cell;
        this.surroundings = surroundings;
    }

    @Override
    public @Nullable Object call() throws Exception {
        Path path = find();
        String name = path.getFileName().toString();
        String text;
        try {
            text = Files.readString(path);
        } catch (IOException unreadable) {
            throw new MagicException("%load: " + path + " cannot be read: " + unreadable, unreadable);
        }
        if (!name.endsWith(".ipynb")) return cell.run(java(text), name);
        int number = 0;
        for (String source : codeCells(path, text)) cell.run(source, name + ", code cell " + ++number);
        return null;
    }

    private Path find() {
        Path given = surroundings.resolve(file);
        if (Files.isRegularFile(given)) return given;
        for (String ending : ENDINGS) {
            Path completed = surroundings.resolve(file + ending);
            if (Files.isRegularFile(completed)) return completed;
        }
        throw new MagicException(
                "%%load: there is no file %s, nor one that ends in %s.".formatted(given, String.join(", ", ENDINGS)));
    }

    /// A package or a command of the jshell tool has no meaning in a notebook; the lines stay, so that numbers do.
    private static String java(String text) {
        return EXIT.matcher(PACKAGE.matcher(text).replaceFirst("")).replaceAll("");
    }

    private static List<String> codeCells(Path path, String json) {
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
            var sources = new ArrayList<String>();
            if (parser.nextToken() != JsonToken.START_OBJECT) throw noNotebook(path, null);
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean cells = parser.currentName().equals("cells");
                JsonToken value = parser.nextToken();
                if (!cells || value != JsonToken.START_ARRAY) parser.skipChildren();
                else while (parser.nextToken() == JsonToken.START_OBJECT) addCell(parser, sources);
            }
            return sources;
        } catch (JacksonException malformed) {
            throw noNotebook(path, malformed);
        }
    }

    private static MagicException noNotebook(Path path, @Nullable Exception cause) {
        String why = cause == null ? "it holds no JSON object" : String.valueOf(cause.getMessage());
        var told = new MagicException("%load: " + path + " is not a notebook: " + why);
        if (cause != null) told.initCause(cause);
        return told;
    }

    private static void addCell(JsonParser parser, List<String> sources) {
        String type = "";
        var source = new StringBuilder();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("cell_type")) type = parser.getString();
            else if (!name.equals("source")) parser.skipChildren();
            else if (value == JsonToken.START_ARRAY)
                while (parser.nextToken() != JsonToken.END_ARRAY) source.append(parser.getString());
            else source.append(parser.getString());
        }
        if (type.equals("code")) sources.add(source.toString());
    }
}
