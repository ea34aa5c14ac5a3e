package io.github.spencerpark.ijava.runtime;

import io.weft.ijava.CompatibleFunctions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The functions that run magics, for cells that import them by name.
public final class Magics {
    private Magics() {}

    @SuppressWarnings("TypeParameterUnusedInFormals") // the caller names the type that the magic gives
    public static <T> @Nullable T lineMagic(String name, List<String> arguments) throws Exception {
        return CompatibleFunctions.lineMagic(name, arguments);
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // the caller names the type that the magic gives
    public static <T> @Nullable T cellMagic(String name, List<String> arguments, String body) throws Exception {
        return CompatibleFunctions.cellMagic(name, arguments, body);
    }
}
