package io.weft.kernel.display;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where the output of one cell goes, in the order in which it is written.
///
/// An output stays usable after its cell has ended: a front end shows what comes late below the
/// same cell. All methods may be called from any thread; two calls of one thread keep their order.
/// None waits for a front end, except that a writer far ahead of the network is held back
/// until the network follows; an interrupt ends that wait and drops nothing.
public interface CellOutput {
    /// The two text streams of a program.
    enum Stream {
        STDOUT,
        STDERR
    }

    /// Appends text to a stream of the cell; no newline is added.
    void stream(Stream stream, String text);

    /// Shows a value below the cell.
    void display(MimeBundle bundle);

    /// Shows a value below the cell under an id, by which [#update] can replace it later.
    void display(MimeBundle bundle, String displayId);

    /// Replaces what every display with this id shows.
    void update(MimeBundle bundle, String displayId);

    /// Removes what the cell has shown so far.
    ///
    /// @param wait whether to keep it until there is new output, which avoids flicker
    void clear(boolean wait);

    /// Sends a message of a comm to the front ends, in the name of the cell.
    ///
    /// @param type    `comm_open`, `comm_msg` or `comm_close`
    /// @param content the message's content
    void comm(
            String type,
            Map<String, ? extends @Nullable Object> content,
            Map<String, ? extends @Nullable Object> metadata,
            List<byte[]> buffers);
}
