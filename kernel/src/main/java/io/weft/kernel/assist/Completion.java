package io.weft.kernel.assist;

import java.util.List;

/// What could stand at the cursor. Offsets count Unicode code points from the start of the code.
///
/// @param start   where the text that a match replaces starts
/// @param end     where it ends
/// @param matches the texts that could stand there, best first
public record Completion(int start, int end, List<Match> matches) {
    public Completion {
        matches = List.copyOf(matches);
    }

    /// One text that could stand at the cursor.
    ///
    /// @param text      what is put in
    /// @param type      Jupyter's word for its kind: `function`, `class`, `variable`, `magic`, `keyword`, …
    /// @param signature parameters and type; empty where unknown
    public record Match(String text, String type, String signature) {}
}
