package io.weft.concurrent;

import java.lang.ref.SoftReference;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/// A function that came from another JVM, ready to run. Each call finds it, and its variables, as they were at home.
///
/// The bytes are kept where tasks may change a value; large ones as long as there is memory for them, and they are
/// fetched again else.
///
/// **Threads.** Any thread may ask for the function. A thread that a task has left behind sees the
/// variables as the next call has them.
final class Opened {
    /// Stands for a call that is like no other.
    static final long ONCE = 0;

    private static final long NONE = -1;
    private static final int LARGE_BYTES = 1 << 20;

    private final String id;
    private final ClassLoader loader;
    private final @Nullable Address origin;
    private final int bytes;
    private final Content content;
    private final Field[] fields;
    private @Nullable Closure kept;
    private SoftReference<@Nullable Closure> large = new SoftReference<>(null);
    private boolean used;
    private long call = NONE;

    /// @param loader knows the classes
    /// @param assigns whether the variables are to be set; where the classes are at home they are left alone
    /// @param origin where the bytes can be had again; null if nowhere
    Opened(Closure closure, ClassLoader loader, boolean assigns, @Nullable Address origin) {
        this.id = closure.id();
        this.loader = loader;
        this.origin = origin;
        this.bytes = closure.content().length;
        this.content = Content.of(closure, loader);
        var variables = content.variables();
        this.fields = new Field[assigns ? variables.length : 0];
        for (int i = 0; i < fields.length; i++) fields[i] = variables[i].find(loader);
        if (content.changes()) keep(closure);
    }

    private void keep(Closure closure) {
        if (origin != null && bytes >= LARGE_BYTES) large = new SoftReference<>(closure);
        else kept = closure;
    }

    int bytes() {
        return bytes;
    }

    ClassLoader loader() {
        return loader;
    }

    /// The function for a task of a call: with the values of home, unless the call has begun already.
    synchronized Object function(long forCall) {
        if (forCall == call && forCall != ONCE) return content.function();
        call = NONE;
        if (used && content.changes()) {
            var closure = closure();
            if (bytes >= LARGE_BYTES) drop(); // not both at once
            content.renew(closure);
        }
        used = true;
        var variables = content.variables();
        for (int i = 0; i < fields.length; i++) set(fields[i], variables[i].value());
        var function = content.function();
        call = forCall;
        return function;
    }

    private void drop() {
        content.drop();
        for (var field : fields) if (!field.getType().isPrimitive()) set(field, null);
    }

    private Closure closure() {
        var known = kept != null ? kept : large.get();
        if (known != null) return known;
        if (origin == null) throw new IllegalStateException("the bytes of a function are gone");
        var fetched = Hub.get().fetchClosure(origin, id);
        keep(fetched);
        return fetched;
    }

    private static void set(Field field, @Nullable Object value) {
        try {
            field.set(null, value);
        } catch (IllegalAccessException closed) {
            throw new IllegalStateException("cannot set " + field, closed);
        }
    }
}
