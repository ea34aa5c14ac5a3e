package io.weft.kernel.channel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;

/// A thread that works on what is put into its queue, in order.
///
/// An interrupt ends what runs on it and no more: the thread goes on with the next work.
final class Lane {
    private final LinkedBlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    Lane(String name) {
        thread = Thread.ofPlatform().name("weft-" + name).daemon().start(this::run);
    }

    /// Adds work, unless the lane has ended.
    ///
    /// @return whether it is run or given back by [#end]
    boolean add(Runnable next) {
        work.add(next);
        return !closed || !work.remove(next);
    }

    /// Takes back what has not begun and matches.
    List<Runnable> takeBack(Predicate<Runnable> which) {
        var taken = new ArrayList<Runnable>();
        work.removeIf(next -> which.test(next) && taken.add(next));
        return taken;
    }

    /// Begins nothing more.
    ///
    /// @return what had not begun
    List<Runnable> end() {
        closed = true;
        List<Runnable> waiting = takeBack(_ -> true);
        work.add(() -> {});
        return waiting;
    }

    /// Begins nothing more and waits for what runs.
    void close(Duration atMost) throws InterruptedException {
        end();
        if (Thread.currentThread() != thread) {
            thread.join(atMost);
        }
    }

    private void run() {
        while (!closed) {
            try {
                work.take().run();
            } catch (InterruptedException _) {
                // meant for work that has ended meanwhile
            } catch (RuntimeException | Error failed) {
                // no memory for this one, most likely; the next may have it
            }
        }
    }
}
