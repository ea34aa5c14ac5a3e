package io.weft.acceptance;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A stored notebook, as far as the tests look into it.
record Notebook(JsonNode json) {
    private static final JsonMapper JSON = new JsonMapper();

    /// A code cell.
    ///
    /// @param number   its place among the code cells, from 1 on
    /// @param expected what its outputs have to contain, as regular expressions: what the text
    ///     claims of the cell
    /// @param count    0 where the cell was never run
    record Cell(int number, String source, List<String> expected, boolean mayFail, int count, List<Output> outputs) {
        /// The cell as a reader finds it.
        String address() {
            return "cell [%d] “%s”"
                    .formatted(number, source.strip().lines().findFirst().orElse(""));
        }

        /// The texts of the cell's results, streams and errors, in order.
        List<String> texts() {
            return outputs.stream().map(Output::text).toList();
        }

        boolean failed() {
            return outputs.stream().anyMatch(output -> output.kind().equals("error"));
        }

        /// The kinds of its outputs, without what depends on the time: a stream counts once, cards of calls and what
        /// workers say do not count.
        List<String> shape() {
            var streams = new TreeSet<String>();
            var others = new ArrayList<String>();
            for (Output output : outputs) {
                if (output.isOfWorkers()) continue;
                if (output.isStream()) streams.add(output.kind());
                else if (!output.isCard())
                    others.add(
                            output.kind() + output.mimeTypes().stream().sorted().toList());
            }
            others.addAll(0, streams);
            return others;
        }
    }

    /// One output; `kind` is Jupyter's `output_type`, for a stream its name, and `text` what it
    /// shows where only text
    /// can be shown.
    record Output(String kind, String text, List<String> mimeTypes) {
        private static final Pattern CARD = Pattern.compile("\\S+\\.\\w+: [\\d,]+ (of [\\d,]+ )?tasks.*");

        boolean isStream() {
            return kind.equals("stdout") || kind.equals("stderr");
        }

        /// What workers say under their names on the standard error, such as that one died on purpose.
        boolean isOfWorkers() {
            return kind.equals("stderr") && text.matches("(\\[[\\w-]+ \\d+] .*\\R?)+");
        }

        boolean isCard() {
            return kind.equals("display_data") && CARD.matcher(text).matches();
        }
    }

    static Notebook at(Path file) {
        return new Notebook(JSON.readTree(file));
    }

    String kernel() {
        return json.path("metadata").path("kernelspec").path("name").asString("");
    }

    List<Cell> code() {
        var cells = new ArrayList<Cell>();
        for (JsonNode cell : json.path("cells")) {
            if (cell.path("cell_type").asString().equals("code")) {
                cells.add(new Cell(
                        cells.size() + 1,
                        text(cell.path("source")),
                        cell.path("metadata")
                                .path("weft")
                                .path("expect")
                                .valueStream()
                                .map(JsonNode::asString)
                                .toList(),
                        cell.path("metadata")
                                .path("tags")
                                .valueStream()
                                .anyMatch(tag -> tag.asString().equals("raises-exception")),
                        cell.path("execution_count").asInt(0),
                        outputs(cell)));
            }
        }
        return cells;
    }

    /// The sources of the cells of text, in order.
    List<String> markdown() {
        return json.path("cells")
                .valueStream()
                .filter(cell -> cell.path("cell_type").asString().equals("markdown"))
                .map(cell -> text(cell.path("source")))
                .toList();
    }

    /// The claims that the cells' outputs do not bear out, each with the cell's address.
    List<String> brokenClaims() {
        var broken = new ArrayList<String>();
        for (Cell cell : code()) {
            String shown = String.join("\n", cell.texts());
            for (String claim : cell.expected()) {
                if (!Pattern.compile(claim, Pattern.MULTILINE).matcher(shown).find()) {
                    broken.add("%s does not show /%s/ but:%n%s".formatted(cell.address(), claim, shown.indent(4)));
                }
            }
        }
        return broken;
    }

    /// For each code cell, the kinds of its outputs: two runs of a notebook have the same, whatever the front end.
    List<String> shapes() {
        return code().stream()
                .map(cell -> "%s: %s".formatted(cell.address(), cell.shape()))
                .toList();
    }

    /// What all cells show as text, one output after the other.
    List<String> texts() {
        return code().stream().flatMap(cell -> cell.texts().stream()).toList();
    }

    /// The results of cells (their `Out[…]`), without what they print.
    List<String> results() {
        return code().stream()
                .flatMap(cell -> cell.outputs().stream())
                .filter(output -> output.kind().equals("execute_result"))
                .map(Output::text)
                .toList();
    }

    private static List<Output> outputs(JsonNode cell) {
        var outputs = new ArrayList<Output>();
        for (JsonNode output : cell.path("outputs")) {
            String type = output.path("output_type").asString();
            String kind = type.equals("stream") ? output.path("name").asString() : type;
            String text = switch (kind) {
                case "stdout", "stderr" -> text(output.path("text"));
                case "error" ->
                    output.path("ename").asString() + ": "
                            + output.path("evalue").asString() + "\n"
                            + text(output.path("traceback"));
                default -> text(output.path("data").path("text/plain"));
            };
            outputs.add(new Output(kind, text, List.copyOf(output.path("data").propertyNames())));
        }
        return outputs;
    }

    /// A notebook stores a text as a string or as a list of its lines.
    private static String text(JsonNode node) {
        if (!node.isArray()) {
            return node.asString("");
        }
        var text = new StringBuilder();
        node.valueStream().forEach(line -> text.append(line.asString()));
        return text.toString();
    }
}
