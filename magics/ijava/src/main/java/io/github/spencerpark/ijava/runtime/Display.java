package io.github.spencerpark.ijava.runtime;

import io.weft.ijava.CompatibleFunctions;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.jspecify.annotations.Nullable;

/// The functions that show values, for cells that import them by name.
public final class Display {
    private Display() {}

    public static DisplayData render(@Nullable Object value) {
        return CompatibleFunctions.render(value);
    }

    public static DisplayData render(@Nullable Object value, String... types) {
        return CompatibleFunctions.render(value, types);
    }

    public static String display(@Nullable Object value) {
        return CompatibleFunctions.display(value);
    }

    public static String display(@Nullable Object value, String... types) {
        return CompatibleFunctions.display(value, types);
    }

    public static void updateDisplay(String id, @Nullable Object value) {
        CompatibleFunctions.updateDisplay(id, value);
    }

    public static void updateDisplay(String id, @Nullable Object value, String... types) {
        CompatibleFunctions.updateDisplay(id, value, types);
    }
}
