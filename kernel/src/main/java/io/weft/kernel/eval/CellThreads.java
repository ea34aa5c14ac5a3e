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
    private static final @Nullable Containers CONTAINERS = containers();

    private CellThreads() {}

    /// The JDK's own account of threads: those of an executor are in its container, all others in the root, and each
    /// container has children.
    private record Containers(MethodHandle root, MethodHandle children, MethodHandle threads) {}

    private static @Nullable Containers containers() {
        try {
            // not a public lookup: what a kernelspec exports is for this module alone
            var lookup = MethodHandles.lookup();
            Class<?> containers = Class.forName("jdk.internal.vm.ThreadContainers");
            Class<?> container = Class.forName("jdk.internal.vm.ThreadContainer");
            MethodType stream = MethodType.methodType(Stream.class);
            return new Containers(
                    lookup.findStatic(containers, "root", MethodType.methodType(container))
                            .asType(MethodType.methodType(Object.class)),
                    lookup.findVirtual(container, "children", stream).asType(stream.appendParameterTypes(Object.class)),
                    lookup.findVirtual(container, "threads", stream).asType(stream.appendParameterTypes(Object.class)));
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

    private static List<Thread> virtualOnes() {
        var threads = new ArrayList<Thread>();
        if (CONTAINERS == null) return threads;
        try {
            addVirtualOnes(CONTAINERS, CONTAINERS.root().invokeExact(), threads);
        } catch (Throwable closed) {
            // an account that another JDK keeps in another way
        }
        return threads;
    }

    private static void addVirtualOnes(Containers containers, Object container, List<Thread> threads) throws Throwable {
        var own = (Stream<?>) containers.threads().invokeExact(container);
        own.forEach(one -> {
            if (one instanceof Thread thread && thread.isVirtual()) threads.add(thread);
        });
        var children = (Stream<?>) containers.children().invokeExact(container);
        for (Object child : children.toList()) addVirtualOnes(containers, child, threads);
    }
}
