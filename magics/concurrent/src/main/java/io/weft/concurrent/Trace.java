package io.weft.concurrent;

import java.lang.invoke.SerializedLambda;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The users' classes and lambdas that were met while values were turned into bytes.
final class Trace {
    final Set<Class<?>> classes = new LinkedHashSet<>();
    final List<SerializedLambda> lambdas = new ArrayList<>();

    /// The long texts that records share.
    private @Nullable IdentityHashMap<String, Boolean> strings;

    /// Notes a long text.
    ///
    /// @return whether this very text was met before
    boolean hasMet(String text) {
        if (strings == null) strings = new IdentityHashMap<>();
        return strings.put(text, true) != null;
    }

    void addAll(Trace other) {
        classes.addAll(other.classes);
        lambdas.addAll(other.lambdas);
    }
}
