package org.dflib.jjava.jupyter.kernel;

import io.weft.ijava.CompatibleFunctions;
import java.util.List;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.jspecify.annotations.Nullable;

/// The functions that JJava puts in scope of every cell, for cells that import them by name.
public class BaseNotebookStatics {
    private BaseNotebookStatics() {}

    @SuppressWarnings("AnnotateFormatMethod") // its callers are cells, which Error Prone does not compile
    public static void printf(String format, @Nullable Object... args) {
        System.out.printf(format, args);
    }

    public static @Nullable Object eval(String source) {
        return NotebookSource.run(source);
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // the caller names the type that the magic gives
    public static <T> @Nullable T lineMagic(String name, List<String> args) throws Exception {
        return CompatibleFunctions.lineMagic(name, args);
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // the caller names the type that the magic gives
    public static <T> @Nullable T cellMagic(String name, List<String> args, String body) throws Exception {
        return CompatibleFunctions.cellMagic(name, args, body);
    }

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
