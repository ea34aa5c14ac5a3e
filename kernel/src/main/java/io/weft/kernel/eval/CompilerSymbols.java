package io.weft.kernel.eval;

import java.lang.reflect.Field;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Function;
import jdk.jshell.JShell;

/// Makes JShell look for the classes of cells, after each pass of its compiler, where they can be.
///
/// JShell keeps compilers for later and has each forget the classes of cells when it has done its work. For that it
/// goes through all symbols that the compiler has made, which are those of some thousand classes in the packages of
/// the notebook's imports: a third of the time of `1 + 1`. This puts a table of our own in the place of the
/// compiler's, which is gone through for nothing else. On a JDK where that is not found, all is as before. Guarded by
/// the session's lock.
final class CompilerSymbols {
    private final JShell jshell;
    private final Set<Object> seen = Collections.newSetFromMap(new WeakHashMap<>());
    private boolean works = true;

    CompilerSymbols(JShell jshell) {
        this.jshell = jshell;
    }

    /// Looks at the compilers that JShell has kept since the last call.
    void prepare() {
        if (!works) return;
        try {
            Object pool = Internals.value(Internals.value(jshell, JShell.class, "taskFactory"), "javacTaskPool");
            if (!(Internals.value(pool, "options2Contexts") instanceof Map<?, ?> kept)) return;
            for (Object contexts : kept.values())
                if (contexts instanceof Collection<?> compilers)
                    for (Object compiler : compilers) if (seen.add(compiler)) replaceTable(compiler);
        } catch (ReflectiveOperationException | RuntimeException otherJdk) {
            works = false;
        }
    }

    private static void replaceTable(Object compiler) throws ReflectiveOperationException {
        Class<?> context = compiler.getClass().getSuperclass();
        if (context == null || !(Internals.value(compiler, context, "ht") instanceof Map<?, ?> parts)) return;
        for (Object part : parts.values()) {
            if (part == null || !part.getClass().getName().equals("com.sun.tools.javac.code.Symtab")) continue;
            Field classes = Internals.field(part.getClass(), "classes");
            if (classes.get(part) instanceof Map<?, ?> table) {
                var replacement = new Table();
                table.forEach(replacement::enter);
                classes.set(part, replacement);
            }
        }
    }

    /// Symbols of classes by their flat name and module; who goes through them sees those of cells.
    static final class Table extends HashMap<Object, Object> {
        private static final long serialVersionUID = 1;
        private static final String PACKAGE = "REPL.";

        private final transient Map<Object, Map<?, ?>> ofCells = new HashMap<>();

        void enter(Object name, Object symbols) {
            put(name, symbols);
            note(name, symbols);
        }

        private void note(Object name, Object symbols) {
            if (symbols instanceof Map<?, ?> byModule && name.toString().startsWith(PACKAGE))
                ofCells.put(name, byModule);
        }

        @Override
        public Object computeIfAbsent(Object name, Function<? super Object, ? extends Object> made) {
            Object present = get(name);
            if (present == null) {
                present = super.computeIfAbsent(name, made);
                note(name, present);
            } else if (present instanceof Map<?, ?> byModule && byModule.isEmpty()) note(name, present);
            return present;
        }

        @Override
        public Collection<Object> values() {
            ofCells.values().removeIf(Map::isEmpty);
            return List.copyOf(ofCells.values());
        }
    }
}
