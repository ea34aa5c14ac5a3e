package io.weft.kernel.eval;

import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.CellScope;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
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

    /// Visits the threads of a cell that are alive, with no list of them: there may be no memory for one.
    ///
    /// @param strangers the threads of the group that were there before the cell began
    @SuppressWarnings("ReferenceEquality") // a cell is itself
    static void visit(Cell cell, ThreadGroup group, Set<Thread> strangers, Consumer<Thread> visitor) {
        visitVirtualOnes(
                thread -> {
                    if (CellScope.startedBy(thread) == cell) visitor.accept(thread);
                },
                () -> false);
        for (Thread thread : ofGroup(group)) {
            Cell starter = CellScope.startedBy(thread);
            if (starter == null ? !strangers.contains(thread) : starter == cell) visitor.accept(thread);
        }
    }

    /// Visits the virtual threads that are alive.
    ///
    /// To find those of executors and scopes, the JDK makes garbage for each thread, of which a full heap
    /// takes little between one collection and the next.
    ///
    /// @param enough whether to leave these out
    static void visitVirtualOnes(Consumer<Thread> visitor, BooleanSupplier enough) {
        if (CONTAINERS == null) return;
        try {
            visitVirtualOnes(CONTAINERS, CONTAINERS.root().invokeExact(), visitor, enough);
        } catch (OutOfMemoryError shortage) {
            throw shortage;
        } catch (Throwable closed) {
            // an account that another JDK keeps in another way
        }
    }

    private static void visitVirtualOnes(
            Containers containers, Object container, Consumer<Thread> visitor, BooleanSupplier enough)
            throws Throwable {
        var own = (Stream<?>) containers.threads().invokeExact(container);
        own.forEach(one -> {
            if (one instanceof Thread thread && thread.isVirtual()) visitor.accept(thread);
        });
        if (enough.getAsBoolean()) return;
        var children = (Stream<?>) containers.children().invokeExact(container);
        for (Object child : children.toList()) visitVirtualOnes(containers, child, visitor, enough);
    }
}
