package io.weft.kernel.eval;

import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.CellScope;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds the threads that a cell started, platform and virtual threads, also through other threads.
///
/// Where the JVM was started without access to the JDK's own lists (see the kernelspec), it finds the platform threads
/// alone, by their group.
final class CellThreads {
    private static final @Nullable MethodHandle VIRTUAL_THREADS = virtualThreads();

    private CellThreads() {}

    private static @Nullable MethodHandle virtualThreads() {
        try {
            var lookup = MethodHandles.publicLookup();
            Class<?> containers = Class.forName("jdk.internal.vm.ThreadContainers");
            Class<?> container = Class.forName("jdk.internal.vm.ThreadContainer");
            MethodHandle root = lookup.findStatic(containers, "root", MethodType.methodType(container));
            MethodHandle threads = lookup.findVirtual(container, "threads", MethodType.methodType(Stream.class));
            return MethodHandles.collectArguments(threads, 0, root).asType(MethodType.methodType(Stream.class));
        } catch (ReflectiveOperationException | RuntimeException closed) {
            return null;
        }
    }

    /// All threads that belong to a group.
    static List<Thread> ofGroup(ThreadGroup group) {
        Thread[] threads;
        int count;
        do {
            threads = new Thread[group.activeCount() * 5 / 4 + 64];
            count = group.enumerate(threads);
        } while (count == threads.length);
        return Arrays.asList(threads).subList(0, count);
    }

    /// The threads of a cell that are alive.
    ///
    /// @param strangers the threads of the group that were there before the cell began
    @SuppressWarnings("ReferenceEquality") // a cell is itself
    static List<Thread> of(Cell cell, ThreadGroup group, Set<Thread> strangers) {
        var own = new ArrayList<Thread>();
        for (Thread thread : ofGroup(group)) {
            Cell starter = CellScope.startedBy(thread);
            if (starter == null ? !strangers.contains(thread) : starter == cell) own.add(thread);
        }
        for (Thread thread : virtualOnes()) if (CellScope.startedBy(thread) == cell) own.add(thread);
        return own;
    }

    @SuppressWarnings("unchecked")
    private static List<Thread> virtualOnes() {
        if (VIRTUAL_THREADS == null) return List.of();
        try {
            var threads = (Stream<Thread>) VIRTUAL_THREADS.invokeExact();
            return threads.filter(Thread::isVirtual).toList();
        } catch (Throwable closed) {
            return List.of();
        }
    }
}
