package io.weft.concurrent;

/// What runs the tasks of a [Pool].
public enum Workers {
    /// Worker JVMs: isolated, with a heap of their own; a crash costs one task.
    JVM,
    /// Platform threads of this JVM: they share its objects.
    THREADS,
    /// Virtual threads of this JVM: many at once, for tasks that wait more than they compute.
    VIRTUAL
}
