package io.weft.kernel.wire;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What goes back to the front end that asked. The message's type follows from the request's.
public sealed interface Reply {
    /// The content of the reply message.
    Map<String, Object> content();

    /// For messages that have no reply.
    record None() implements Reply {
        @Override
        public Map<String, Object> content() {
            return Map.of();
        }
    }

    /// The request was carried out and there is nothing to tell.
    record Done() implements Reply {
        @Override
        public Map<String, Object> content() {
            return ok();
        }
    }

    /// The request was not carried out.
    record Failed(String name, String message, List<String> traceback) implements Reply {
        @Override
        public Map<String, Object> content() {
            return failure(name, message, traceback);
        }
    }

    /// The cell ended well.
    ///
    /// @param expressions the user expressions' values, by name
    /// @param asksToExit  whether the cell asks a console to end, by a payload that other front ends pass over
    record Executed(int count, Map<String, ExpressionResult> expressions, boolean asksToExit) implements Reply {
        private static final Map<String, Object> EXIT = Map.of("source", "ask_exit", "keepkernel", false);

        @Override
        public Map<String, Object> content() {
            Map<String, Object> content = ok();
            var results = new LinkedHashMap<String, Object>();
            expressions.forEach((name, result) -> results.put(name, result.content()));
            content.put("execution_count", count);
            content.put("user_expressions", results);
            content.put("payload", asksToExit ? List.of(EXIT) : List.of());
            return content;
        }
    }

    /// The cell failed.
    record ExecutionFailed(int count, String name, String message, List<String> traceback) implements Reply {
        @Override
        public Map<String, Object> content() {
            Map<String, Object> content = failure(name, message, traceback);
            content.put("execution_count", count);
            content.put("user_expressions", Map.of());
            content.put("payload", List.of());
            return content;
        }
    }

    /// The cell was not run, since one before it failed. It has no number: front ends would show it beside the cell.
    record Aborted() implements Reply {
        @Override
        public Map<String, Object> content() {
            return Map.of("status", "aborted");
        }
    }

    /// What could stand at the cursor.
    ///
    /// @param types each match with its kind and signature, under the name by which JupyterLab looks for them
    record Completed(int start, int end, List<String> matches, List<Map<String, Object>> types) implements Reply {
        @Override
        public Map<String, Object> content() {
            Map<String, Object> content = ok();
            content.put("matches", matches);
            content.put("cursor_start", start);
            content.put("cursor_end", end);
            content.put("metadata", Map.of("_jupyter_types_experimental", types));
            return content;
        }
    }

    /// What is known about a name; nothing where `data` is empty.
    record Inspected(Map<String, Object> data, Map<String, Object> metadata) implements Reply {
        @Override
        public Map<String, Object> content() {
            Map<String, Object> content = ok();
            content.put("found", !data.isEmpty());
            content.put("data", data);
            content.put("metadata", metadata);
            return content;
        }
    }

    /// Whether the code is whole.
    ///
    /// @param status `complete`, `incomplete`, `invalid` or `unknown`
    record Completeness(String status, String indent) implements Reply {
        @Override
        public Map<String, Object> content() {
            var content = new LinkedHashMap<String, Object>();
            content.put("status", status);
            if (status.equals("incomplete")) {
                content.put("indent", indent);
            }
            return content;
        }
    }

    /// What kernel this is.
    record KernelInfo(
            String implementation,
            String version,
            Map<String, Object> language,
            String banner,
            List<Map<String, String>> helpLinks,
            List<String> supportedFeatures)
            implements Reply {
        @Override
        public Map<String, Object> content() {
            Map<String, Object> content = ok();
            content.put("protocol_version", Header.PROTOCOL_VERSION);
            content.put("implementation", implementation);
            content.put("implementation_version", version);
            content.put("language_info", language);
            content.put("banner", banner);
            content.put("debugger", supportedFeatures.contains("debugger"));
            content.put("help_links", helpLinks);
            content.put("supported_features", supportedFeatures);
            return content;
        }
    }

    /// Cells that were run.
    record History(List<Cell> cells, boolean output) implements Reply {
        @Override
        public Map<String, Object> content() {
            Map<String, Object> content = ok();
            content.put("history", cells.stream().map(this::entry).toList());
            return content;
        }

        private List<Object> entry(Cell cell) {
            Object code = output
                    ? List.of(cell.code(), Optional.of(cell.output()).filter(text -> !text.isEmpty()))
                    : cell.code();
            return List.of(cell.session(), cell.count(), code);
        }

        /// One cell and the text of its value, empty where it has none.
        public record Cell(int session, int count, String code, String output) {}
    }

    /// Which comms are open: the target's name by id.
    record CommInfo(Map<String, String> comms) implements Reply {
        @Override
        public Map<String, Object> content() {
            Map<String, Object> content = ok();
            var open = new LinkedHashMap<String, Object>();
            comms.forEach((id, target) -> open.put(id, Map.of("target_name", target)));
            content.put("comms", open);
            return content;
        }
    }

    /// What the kernel takes of the machine.
    record Usage(Map<String, Object> numbers) implements Reply {
        @Override
        public Map<String, Object> content() {
            Map<String, Object> content = ok();
            content.putAll(numbers);
            return content;
        }
    }

    /// The ports of the kernel.
    record Connected(Map<String, Integer> ports) implements Reply {
        @Override
        public Map<String, Object> content() {
            Map<String, Object> content = ok();
            content.putAll(ports);
            return content;
        }
    }

    /// There is no debugger to do this.
    record NotDebugged(int sequence, String command, String reason) implements Reply {
        @Override
        public Map<String, Object> content() {
            var content = failure("Unsupported", reason, List.of());
            content.put("type", "response");
            content.put("seq", 0);
            content.put("request_seq", sequence);
            content.put("success", false);
            content.put("command", command);
            content.put("message", reason);
            content.put("body", Map.of());
            return content;
        }
    }

    /// A subshell is open.
    record SubshellOpen(String id) implements Reply {
        @Override
        public Map<String, Object> content() {
            Map<String, Object> content = ok();
            content.put("subshell_id", id);
            return content;
        }
    }

    /// The ids of the subshells that are open.
    record OpenSubshells(List<String> ids) implements Reply {
        @Override
        public Map<String, Object> content() {
            Map<String, Object> content = ok();
            content.put("subshell_id", ids);
            return content;
        }
    }

    /// The kernel ends.
    record ShuttingDown(boolean restart) implements Reply {
        @Override
        public Map<String, Object> content() {
            Map<String, Object> content = ok();
            content.put("restart", restart);
            return content;
        }
    }

    /// The value of a user expression, or why it has none.
    sealed interface ExpressionResult {
        /// The result as it stands in an `execute_reply`.
        Map<String, Object> content();

        /// It has this value.
        record Value(Map<String, Object> data, Map<String, Object> metadata) implements ExpressionResult {
            public Value {
                data = Json.copy(data);
                metadata = Json.copy(metadata);
            }

            @Override
            public Map<String, Object> content() {
                Map<String, Object> content = ok();
                content.put("data", data);
                content.put("metadata", metadata);
                return content;
            }
        }

        /// It failed.
        record Failure(String name, String message, List<String> traceback) implements ExpressionResult {
            @Override
            public Map<String, Object> content() {
                return failure(name, message, traceback);
            }
        }
    }

    private static Map<String, Object> ok() {
        var content = new LinkedHashMap<String, Object>();
        content.put("status", "ok");
        return content;
    }

    private static Map<String, Object> failure(String name, String message, List<String> traceback) {
        var content = new LinkedHashMap<String, Object>();
        content.put("status", "error");
        content.put("ename", name);
        content.put("evalue", message);
        content.put("traceback", traceback);
        return content;
    }
}
