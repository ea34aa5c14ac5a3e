package io.weft.concurrent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A shared object whose values may be lists, maps and sets that live where it does, so that everybody sees it when
/// one of them is changed.
interface Nesting {
    Set<Class<?>> NESTED =
            Set.of(ArrayList.class, HashMap.class, LinkedHashMap.class, HashSet.class, LinkedHashSet.class);

    /// Makes a shared list, dict or set with this content.
    default Object nest(String kind, @Nullable Object[] content) {
        return make(Kind.valueOf(kind), content);
    }

    private static Object make(Kind kind, @Nullable Object[] content) {
        Object core = switch (kind) {
            case LIST -> {
                var list = new ListCore();
                list.append(content);
                yield list;
            }
            case DICT -> {
                var dict = new DictCore();
                dict.putAll(notNull(content));
                yield dict;
            }
            case SET -> {
                var set = new SetCore();
                set.addAll(notNull(content));
                yield set;
            }
            default -> throw new IllegalArgumentException(kind + " does not nest");
        };
        return kind.facade(Handle.local(core, kind));
    }

    private static Object[] notNull(@Nullable Object[] content) {
        return java.util.Arrays.stream(content)
                .map(java.util.Objects::requireNonNull)
                .toArray();
    }

    /// What to put for `value` into the object that `where` reaches: a shared one for a list, map or set that can
    /// change.
    static @Nullable Object live(@Nullable Object value, Nesting where) {
        return live(value, where::nest, UnaryOperator.identity());
    }

    /// Whether such a value becomes a shared object, if it holds no null where that cannot.
    static boolean nests(@Nullable Object value) {
        return value != null && NESTED.contains(value.getClass());
    }

    /// The same where the object lives.
    ///
    /// @param held how a value that is no collection is held
    static @Nullable Object here(@Nullable Object value, UnaryOperator<@Nullable Object> held) {
        return live(value, (kind, content) -> make(Kind.valueOf(kind), content), held);
    }

    /// Makes a shared object.
    interface Maker {
        Object make(String kind, @Nullable Object[] content);
    }

    private static @Nullable Object live(@Nullable Object value, Maker maker, UnaryOperator<@Nullable Object> held) {
        if (value == null || !nests(value)) return held.apply(value);
        var content = new ArrayList<@Nullable Object>();
        Kind kind;
        switch (value) {
            case Map<?, ?> map -> {
                if (map.containsKey(null) || map.containsValue(null)) return held.apply(value);
                map.forEach((key, element) -> {
                    content.add(held.apply(key));
                    content.add(live(element, maker, held));
                });
                kind = Kind.DICT;
            }
            case Set<?> set -> {
                if (set.contains(null)) return held.apply(value);
                set.forEach(element -> content.add(held.apply(element)));
                kind = Kind.SET;
            }
            default -> {
                for (var element : (List<?>) value) content.add(live(element, maker, held));
                kind = Kind.LIST;
            }
        }
        return maker.make(kind.name(), content.toArray());
    }
}
