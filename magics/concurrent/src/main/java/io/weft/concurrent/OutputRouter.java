package io.weft.concurrent;

import org.jspecify.annotations.Nullable;

/// Decides where the output of a task goes; found by [ServiceLoader], with the library's own class loader.
///
/// Without one, lines of worker JVMs go to `System.out` and `System.err` of this JVM, behind the worker's name.
public interface OutputRouter {
    /// Where the output of what the calling thread is about to submit goes. Called on the submitting thread.
    OutputSink sink();

    /// Wraps a task that will run in a thread of this JVM, so that what it prints goes where the calling
    /// thread's output goes. Called on the submitting thread.
    default Runnable bind(Runnable task) {
        return task;
    }

    /// Who hears how a call comes along that the calling thread is about to make; null for nobody. Asked on the
    /// submitting thread, for calls that may have many tasks.
    ///
    /// @param verb what is called, such as `map`
    default @Nullable CallListener listener(Pool pool, String verb) {
        return null;
    }
}
