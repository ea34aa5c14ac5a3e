package io.weft.kernel.magic;

import java.util.List;

/// A command of a magic that knows what its words could be, besides its options.
///
/// The command is made without a running cell for this, and its fields are not set.
public interface Completing {
    /// What could stand next.
    ///
    /// @param before the words of the line between the magic's name and the one to complete
    List<String> candidates(List<String> before);

    /// The same, for a command that takes what cells have declared.
    ///
    /// @param declared the names of their variables, methods and types
    default List<String> candidates(List<String> before, List<String> declared) {
        return candidates(before);
    }
}
