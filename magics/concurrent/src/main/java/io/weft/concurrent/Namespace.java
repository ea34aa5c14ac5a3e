package io.weft.concurrent;

import java.io.Serializable;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Named values that threads and worker JVMs share; Python's `Manager().Namespace()`. A list, map or set that is
/// set here is a shared one, as in a [SharedDict].
///
/// **Threads.** All methods may be called from any thread.
public final class Namespace implements Serializable {
    private final transient Handle<DictOps> handle;

    Namespace(Handle<DictOps> handle) {
        this.handle = handle;
    }

    /// The value of that name.
    ///
    /// @throws IllegalArgumentException if there is none
    public Object get(String name) {
        Objects.requireNonNull(name, "name");
        Object value = Handle.here(handle.ops().get(name));
        if (value == null)
            throw new IllegalArgumentException("the namespace has no '%s'; it has %s".formatted(name, names()));
        return value;
    }

    /// The value of that name, as what it is.
    public <T> T get(String name, Class<T> type) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        return type.cast(get(name));
    }

    /// Sets a value; null removes the name.
    public void set(String name, @Nullable Object value) {
        Objects.requireNonNull(name, "name");
        if (value == null) handle.ops().remove(name);
        else handle.ops().put(name, Objects.requireNonNull(Nesting.live(value, handle.ops())));
    }

    public Set<String> names() {
        var names = new TreeSet<String>();
        var entries = handle.ops().entries();
        for (int i = 0; i < entries.length; i += 2) names.add(String.valueOf(entries[i]));
        return names;
    }

    /// `Namespace(a=1, b=2)`, as in Python.
    @Override
    public String toString() {
        var text = new StringBuilder("Namespace(");
        for (var name : names()) {
            if (text.charAt(text.length() - 1) != '(') text.append(", ");
            text.append(name).append('=').append(get(name));
        }
        return text.append(')').toString();
    }

    private Object writeReplace() {
        return handle.reference(this);
    }
}
