package io.weft.kernel.display;

import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.function.Consumer;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/// Writes values as text of bounded length.
///
/// Arrays, and the JDK's collections, maps and optionals, are written element by element, and so are records without a
/// `toString()` of their own: an array inside a list shows its elements, a structure that holds itself ends, and
/// a list of a million elements shows its first and last ones. What has its own `toString()` is asked for it.
final class PlainText {
    static final int MAX_CHARS = 200_000;
    private static final int MAX_ELEMENTS = 1_000;
    private static final int MAX_DEPTH = 40;
    /// How many elements are shown from the end of a long list, at the most.
    private static final int LAST_ELEMENTS = 10;

    /// Whether a class has the `toString()` of the JDK's collections, or of no class at all.
    private static final ClassValue<Boolean> WRITTEN_BY_THE_JDK = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            try {
                return type.getMethod("toString").getDeclaringClass().getName().startsWith("java.");
            } catch (NoSuchMethodException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    };

    private final StringBuilder out = new StringBuilder();
    private final int maxChars;
    private final int maxElements;
    /// The structures that the value being written stands in.
    private final IdentityHashMap<Object, Boolean> around = new IdentityHashMap<>();

    private PlainText(int maxChars, int maxElements) {
        this.maxChars = maxChars;
        this.maxElements = maxElements;
    }

    static String of(@Nullable Object value) {
        return of(value, MAX_CHARS, MAX_ELEMENTS);
    }

    /// A value as text of about so many characters and so many elements of each structure at the most.
    static String of(@Nullable Object value, int maxChars, int maxElements) {
        var text = new PlainText(maxChars, maxElements);
        text.write(value);
        return text.out.toString();
    }

    /// A class's name as the reader wrote it: without the names of the classes into which cells are compiled.
    static String className(Object value) {
        return withoutWrappers(value.getClass().getName());
    }

    private static String withoutWrappers(String name) {
        return name.startsWith("REPL.$JShell$") ? name.replaceFirst("^REPL\\.\\$JShell\\$\\w+?\\$", "") : name;
    }

    private boolean isFull() {
        return out.length() >= maxChars;
    }

    private void append(String text) {
        int room = Math.max(0, maxChars - out.length());
        if (text.length() <= room) {
            out.append(text);
            return;
        }
        int end = room > 0 && Character.isHighSurrogate(text.charAt(room - 1)) ? room - 1 : room;
        out.append(text, 0, end).append("… %s more characters".formatted(count(text.length() - end)));
    }

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private void write(@Nullable Object value) {
        if (isFull()) return;
        switch (value) {
            case null -> append("null");
            case CharSequence text -> append(ownText(text));
            case Optional<?> optional
            when optional.isPresent() -> {
                append("Optional[");
                inside(optional, () -> write(optional.get()));
                append("]");
            }
            case Map<?, ?> map
            when isWrittenByTheJdk(map) ->
                structure(map, () -> {
                    append("{");
                    elements(map.size(), 0, map.entrySet().iterator(), this::entry);
                    append("}");
                });
            case Collection<?> collection
            when isWrittenByTheJdk(collection) ->
                structure(collection, () -> {
                    append("[");
                    collection(collection);
                    append("]");
                });
            case Map.Entry<?, ?> entry when isWrittenByTheJdk(entry) -> structure(entry, () -> entry(entry));
            case Record record -> record(record);
            case BaseStream<?, ?> stream ->
                append("a stream, not read: " + (stream instanceof java.util.stream.Stream ? "toList()" : "toArray()")
                        + " reads it");
            case Throwable thrown -> chain(thrown);
            case Class<?> type ->
                append((type.isInterface() ? "interface " : type.isPrimitive() ? "" : "class ")
                        + withoutWrappers(type.getName()));
            default -> {
                if (value.getClass().isArray()) structure(value, () -> array(value));
                else append(ownText(value));
            }
        }
    }

    private static boolean isWrittenByTheJdk(Object value) {
        return WRITTEN_BY_THE_JDK.get(value.getClass());
    }

    /// Writes a structure element by element, or by its own words where its elements cannot be read, such as those
    /// of a list that another thread changes meanwhile.
    private void structure(Object value, Runnable elements) {
        int start = out.length();
        try {
            inside(value, elements);
        } catch (RuntimeException unreadable) {
            out.setLength(start);
            append(ownText(value));
        }
    }

    private void inside(Object value, Runnable body) {
        if (around.putIfAbsent(value, true) != null) {
            append("(this " + value.getClass().getSimpleName() + ")");
            return;
        }
        try {
            if (around.size() > MAX_DEPTH) append("…");
            else body.run();
        } finally {
            around.remove(value);
        }
    }

    private void entry(Map.Entry<?, ?> entry) {
        write(entry.getKey());
        append("=");
        write(entry.getValue());
    }

    private void array(Object array) {
        int length = Array.getLength(array);
        append("[");
        sequence(length, index -> write(Array.get(array, index)));
        append("]");
    }

    private void collection(Collection<?> collection) {
        int size = collection.size();
        if (collection instanceof List<?> list && list instanceof java.util.RandomAccess) {
            sequence(size, index -> write(list.get(index)));
            return;
        }
        var sequenced = collection instanceof SequencedCollection<?> it ? it : List.of();
        int ends = sequenced.isEmpty() ? 0 : last();
        elements(size, ends, collection.iterator(), this::write);
        if (size <= maxElements || isFull()) return;
        for (Object element : sequenced.reversed().stream().limit(ends).toList().reversed()) {
            append(", ");
            write(element);
        }
    }

    private int last() {
        return Math.min(LAST_ELEMENTS, maxElements / 3);
    }

    private interface Element {
        void write(int index);
    }

    /// Writes the elements that have an index.
    private void sequence(int size, Element element) {
        int first = size > maxElements ? maxElements - last() : size;
        for (int index = 0; index < size; index++) {
            if (index == first) {
                append(", … " + count(size - first - last()) + " more …");
                index = size - last();
            }
            if (index > 0) append(", ");
            element.write(index);
            if (isFull()) return;
        }
    }

    /// Writes the first elements of those that come one after the other.
    ///
    /// @param ends how many of the last ones the caller writes
    private <T> void elements(int size, int ends, Iterator<T> elements, Consumer<T> write) {
        int first = size > maxElements ? maxElements - last() : Integer.MAX_VALUE;
        for (int index = 0; elements.hasNext(); index++) {
            if (index == first) {
                append(", … " + count((long) size - first - ends) + " more" + (ends > 0 ? " …" : ""));
                return;
            }
            if (index > 0) append(", ");
            write.accept(elements.next());
            if (isFull()) return;
        }
    }

    private void record(Record record) {
        RecordComponent[] components = record.getClass().getRecordComponents();
        var values = new Object[components.length];
        try {
            for (int i = 0; i < components.length; i++) {
                var accessor = components[i].getAccessor();
                accessor.setAccessible(true);
                values[i] = accessor.invoke(record);
            }
        } catch (ReflectiveOperationException | RuntimeException unreadable) {
            append(ownText(record));
            return;
        }
        if (isFlat(values) || !isImplicit(record, components, values)) {
            append(ownText(record));
            return;
        }
        structure(record, () -> {
            append(record.getClass().getSimpleName() + "[");
            for (int i = 0; i < components.length; i++) {
                append((i == 0 ? "" : ", ") + components[i].getName() + "=");
                write(values[i]);
            }
            append("]");
        });
    }

    /// Whether each component is written by its own `toString()` anyway.
    private static boolean isFlat(@Nullable Object[] values) {
        for (Object value : values) {
            if (value == null || value instanceof CharSequence || value instanceof Number) continue;
            if (value.getClass().isArray()
                    || value instanceof Collection
                    || value instanceof Map
                    || value instanceof Optional
                    || value instanceof Record) return false;
        }
        return true;
    }

    /// Whether a record's `toString()` is the one that every record has unless it declares another.
    private static boolean isImplicit(Record record, RecordComponent[] components, @Nullable Object[] values) {
        try {
            var text = new StringBuilder(record.getClass().getSimpleName()).append('[');
            for (int i = 0; i < components.length; i++)
                text.append(i == 0 ? "" : ", ")
                        .append(components[i].getName())
                        .append('=')
                        .append(values[i]);
            return text.append(']').toString().contentEquals(record.toString());
        } catch (StackOverflowError | OutOfMemoryError endless) {
            return true;
        } catch (RuntimeException thrown) {
            return false;
        }
    }

    private void chain(Throwable thrown) {
        append(ownText(thrown));
        int links = 0;
        for (Throwable cause = thrown.getCause(); cause != null && links < 20; cause = cause.getCause(), links++)
            append("\nCaused by: " + ownText(cause));
        for (Throwable suppressed : thrown.getSuppressed()) append("\nSuppressed: " + ownText(suppressed));
    }

    /// What a value says of itself. One that fails to is named instead.
    private static String ownText(Object value) {
        try {
            @Nullable String text = value.toString();
            String name = value.getClass().getName();
            return text != null && text.startsWith(name)
                    ? withoutWrappers(name) + text.substring(name.length())
                    : "" + text;
        } catch (Exception | StackOverflowError | OutOfMemoryError | AssertionError | LinkageError thrown) {
            return "%s@%x (its toString() threw %s)"
                    .formatted(className(value), System.identityHashCode(value), className(thrown));
        }
    }
}
