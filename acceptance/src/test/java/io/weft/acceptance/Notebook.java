package io.weft.acceptance;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A stored notebook, as far as the tests look into it.
record Notebook(JsonNode json) {
    private static final JsonMapper JSON = new JsonMapper();

    /// A code cell. `count` is 0 where the cell was never run.
    record Cell(String source, boolean mayFail, int count, List<Output> outputs) {
        /// The texts of the cell's results, streams and errors, in order.
        List<String> texts() {
            return outputs.stream().map(Output::text).toList();
        }
    }

    /// One output; `kind` is Jupyter's `output_type`, for a stream its name, and `text` what it shows where only text
    /// can be shown.
    record Output(String kind, String text, List<String> mimeTypes) {}

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
                        text(cell.path("source")),
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
