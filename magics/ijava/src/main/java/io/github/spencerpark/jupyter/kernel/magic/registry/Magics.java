package io.github.spencerpark.jupyter.kernel.magic.registry;

import io.weft.ijava.ForeignMagic;
import io.weft.kernel.magic.CellScope;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The magics of the notebook. Thread-safe.
public class Magics {
    /// Runs a line magic.
    ///
    /// @throws io.weft.kernel.magic.MagicException if there is none of this name
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the caller names the type that the magic gives
    public <T> @Nullable T applyLineMagic(String name, List<String> args) throws Exception {
        return (T) CellScope.require().lineMagic(name, args);
    }

    /// Runs a cell magic.
    ///
    /// @throws io.weft.kernel.magic.MagicException if there is none of this name
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the caller names the type that the magic gives
    public <T> @Nullable T applyCellMagic(String name, List<String> args, String body) throws Exception {
        return (T) CellScope.require().cellMagic(name, args, body);
    }

    public void registerLineMagic(String name, LineMagicFunction<?> magic) {
        CellScope.require()
                .notebook()
                .register(ForeignMagic.line(name, magic::execute).showing());
    }

    public void registerCellMagic(String name, CellMagicFunction<?> magic) {
        CellScope.require()
                .notebook()
                .register(ForeignMagic.cell(name, magic::execute).showing());
    }

    public <T extends LineMagicFunction<?> & CellMagicFunction<?>> void registerLineCellMagic(String name, T magic) {
        registerLineMagic(name, magic);
        registerCellMagic(name, magic);
    }

    /// Registers the methods of an object that are marked as magics.
    ///
    /// @throws IllegalArgumentException if a method's parameters are not those of a magic
    public void registerMagics(Object magics) {
        registerMagics(magics.getClass(), magics);
    }

    /// Registers the static methods of a class that are marked as magics.
    ///
    /// @throws IllegalArgumentException if a method's parameters are not those of a magic
    public void registerMagics(Class<?> magics) {
        registerMagics(magics, null);
    }

    private void registerMagics(Class<?> type, @Nullable Object instance) {
        for (Method method : type.getDeclaredMethods()) {
            LineMagic line = method.getAnnotation(LineMagic.class);
            CellMagic cell = method.getAnnotation(CellMagic.class);
            if (line == null && cell == null) continue;
            method.setAccessible(true);
            check(method, cell != null);
            if (line != null) {
                LineMagicFunction<@Nullable Object> function = args -> call(method, instance, args, null);
                registerLineMagic(line.value().isEmpty() ? method.getName() : line.value(), function);
                for (String alias : line.aliases()) registerLineMagic(alias, function);
            }
            if (cell != null) {
                CellMagicFunction<@Nullable Object> function = (args, body) -> call(method, instance, args, body);
                registerCellMagic(cell.value().isEmpty() ? method.getName() : cell.value(), function);
                for (String alias : cell.aliases()) registerCellMagic(alias, function);
            }
        }
    }

    private static void check(Method method, boolean takesBody) {
        Class<?>[] types = method.getParameterTypes();
        boolean fits = types.length == 0
                || (types[0].isAssignableFrom(List.class)
                        && (takesBody
                                ? types.length == 2 && types[1].isAssignableFrom(String.class)
                                : types.length == 1));
        if (!fits)
            throw new IllegalArgumentException("the method " + method.getName()
                    + " cannot be a magic: it takes nothing, or List<String>"
                    + (takesBody ? " and String, the body of the cell" : ", the words after the magic's name"));
    }

    private static @Nullable Object call(
            Method method, @Nullable Object instance, List<String> args, @Nullable String body) throws Exception {
        Object[] arguments = {args, body};
        try {
            return method.invoke(instance, java.util.Arrays.copyOf(arguments, method.getParameterCount()));
        } catch (InvocationTargetException thrown) {
            switch (thrown.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw thrown;
            }
        }
    }
}
