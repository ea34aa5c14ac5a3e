package io.weft.kernel.wire;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a front end asks of the kernel.
///
/// @see <a href="https://jupyter-client.readthedocs.io/en/stable/messaging.html">Messaging in Jupyter</a>
public sealed interface Request {
    /// Run a cell.
    ///
    /// @param silent          whether to broadcast neither the code nor its value, and not to count it
    /// @param storeHistory    whether to count the cell and keep it in the history
    /// @param userExpressions expressions to evaluate after it, by a name that the front end chose
    /// @param allowStdin      whether the front end answers when the cell asks for a line
    /// @param stopOnError     whether a failure aborts the cells that wait behind this one
    record Execute(
            String code,
            boolean silent,
            boolean storeHistory,
            Map<String, String> userExpressions,
            boolean allowStdin,
            boolean stopOnError)
            implements Request {}

    /// What could stand at `cursor`, in Unicode code points.
    record Complete(String code, int cursor) implements Request {}

    /// What is known about the name at `cursor`, in Unicode code points.
    record Inspect(String code, int cursor, int detail) implements Request {}

    /// Whether the code can be run as it stands.
    record IsComplete(String code) implements Request {}

    /// What kernel this is.
    record KernelInfo() implements Request {}

    /// Cells that were run.
    ///
    /// @param output  whether to add the texts of their values
    /// @param access  `range`, `tail` or `search`
    /// @param session the session whose range is asked for: 0 is this one, negative ones count back from it
    /// @param start   the first cell of the range; negative ones count back from the end
    /// @param stop    the first cell after the range; 0 for no end, negative ones count back from the end
    /// @param count   how many cells at the most, the last ones; 0 for all
    /// @param pattern what to search for, with `*`, `?` and `[…]`
    /// @param unique  whether to leave out all but the last of equal cells
    record History(
            boolean output, String access, int session, int start, int stop, int count, String pattern, boolean unique)
            implements Request {}

    /// Which comms are open.
    record CommInfo(String target) implements Request {}

    /// Open a comm.
    record CommOpen(
            String id,
            String target,
            Map<String, @Nullable Object> data,
            Map<String, @Nullable Object> metadata,
            List<byte[]> buffers)
            implements Request {}

    /// A message over a comm.
    record CommMessage(
            String id, Map<String, @Nullable Object> data, Map<String, @Nullable Object> metadata, List<byte[]> buffers)
            implements Request {}

    /// Close a comm.
    record CommClose(
            String id, Map<String, @Nullable Object> data, Map<String, @Nullable Object> metadata, List<byte[]> buffers)
            implements Request {}

    /// End the running cell.
    record Interrupt() implements Request {}

    /// What the kernel takes of the machine.
    record Usage() implements Request {}

    /// The ports of the kernel.
    record Connect() implements Request {}

    /// Something for a debugger.
    ///
    /// @param sequence the number of the request, in the debugger's protocol
    record Debug(int sequence, String command) implements Request {}

    /// Open another shell, whose cells run beside those of the main one.
    record CreateSubshell() implements Request {}

    /// Close such a shell.
    record DeleteSubshell(String id) implements Request {}

    /// Which such shells are open.
    record ListSubshells() implements Request {}

    /// End the kernel.
    ///
    /// @param restart whether another kernel takes its place
    record Shutdown(boolean restart) implements Request {}

    /// A request that this kernel does not know.
    record Unsupported(String type) implements Request {}

    /// The request in a message.
    ///
    /// @throws WireException if the content is not what the type asks for
    static Request of(WireMessage message) throws WireException {
        var content = new Content(message.content());
        String type = message.header().type();
        return switch (type) {
            case "execute_request" -> {
                boolean silent = content.flag("silent", false);
                yield new Execute(
                        content.text("code"),
                        silent,
                        !silent && content.flag("store_history", true),
                        content.texts("user_expressions"),
                        content.flag("allow_stdin", true),
                        content.flag("stop_on_error", true));
            }
            case "complete_request" -> {
                String code = content.text("code");
                yield new Complete(code, cursor(content, code));
            }
            case "inspect_request" -> {
                String code = content.text("code");
                yield new Inspect(code, cursor(content, code), content.number("detail_level", 0));
            }
            case "is_complete_request" -> new IsComplete(content.text("code"));
            case "kernel_info_request" -> new KernelInfo();
            case "history_request" ->
                new History(
                        content.flag("output", false),
                        content.text("hist_access_type", "tail"),
                        content.number("session", 0),
                        content.number("start", 0),
                        content.number("stop", 0),
                        content.number("n", 0),
                        content.text("pattern", "*"),
                        content.flag("unique", false));
            case "comm_info_request" -> new CommInfo(content.text("target_name", ""));
            case "comm_open" ->
                new CommOpen(
                        content.text("comm_id"),
                        content.text("target_name", ""),
                        content.object("data"),
                        message.metadata(),
                        message.buffers());
            case "comm_msg" ->
                new CommMessage(content.text("comm_id"), content.object("data"), message.metadata(), message.buffers());
            case "comm_close" ->
                new CommClose(content.text("comm_id"), content.object("data"), message.metadata(), message.buffers());
            case "interrupt_request" -> new Interrupt();
            case "usage_request" -> new Usage();
            case "connect_request" -> new Connect();
            case "debug_request" -> new Debug(content.number("seq", 0), content.text("command", ""));
            case "create_subshell_request" -> new CreateSubshell();
            case "delete_subshell_request" -> new DeleteSubshell(content.text("subshell_id"));
            case "list_subshell_request" -> new ListSubshells();
            case "shutdown_request" -> new Shutdown(content.flag("restart", false));
            default -> new Unsupported(type);
        };
    }

    /// The cursor within the code, its end where none is given.
    private static int cursor(Content content, String code) throws WireException {
        int length = code.codePointCount(0, code.length());
        return Math.clamp(content.number("cursor_pos", length), 0, length);
    }
}
