package io.weft.kernel.magic;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/// Reads the inheritable thread locals of another thread, for which the JDK has no public way.
final class Inherited {
    private static final @Nullable MethodHandle ENTRY = entry();

    private Inherited() {}

    /// `(Thread, ThreadLocal) → ThreadLocalMap.Entry`, which is a reference to the local with a field `value`.
    private static @Nullable MethodHandle entry() {
        try {
            Class<?> map = Class.forName("java.lang.ThreadLocal$ThreadLocalMap");
            Class<?> entry = Class.forName("java.lang.ThreadLocal$ThreadLocalMap$Entry");
            var ofThread = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
            var ofMap = MethodHandles.privateLookupIn(map, MethodHandles.lookup());
            var ofEntry = MethodHandles.privateLookupIn(entry, MethodHandles.lookup());
            MethodHandle locals = ofThread.findGetter(Thread.class, "inheritableThreadLocals", map);
            MethodHandle find = ofMap.findVirtual(map, "getEntry", MethodType.methodType(entry, ThreadLocal.class));
            MethodHandle value = ofEntry.findGetter(entry, "value", Object.class);
            return MethodHandles.filterReturnValue(MethodHandles.filterArguments(find, 0, locals), value)
                    .asType(MethodType.methodType(Object.class, Thread.class, ThreadLocal.class));
        } catch (ReflectiveOperationException | RuntimeException closed) {
            return null;
        }
    }

    static @Nullable Cell valueOf(ThreadLocal<? extends @Nullable Cell> local, Thread thread) {
        if (ENTRY == null) return null;
        try {
            return ENTRY.invoke(thread, (ThreadLocal<?>) local) instanceof Cell cell ? cell : null;
        } catch (Throwable none) {
            // no map, no entry, or one that its thread is just changing
            return null;
        }
    }
}
