package io.weft.concurrent;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The library's own threads: they inherit nothing from the thread that happens to start them.
///
/// None is virtual. A user's virtual threads that never wait, or that wait while a class is loaded, keep all
/// carriers to themselves; a pool must go on meanwhile.
final class Threads {
    private static final ThreadGroup GROUP = new ThreadGroup(root(), "weft");
    private static final long KEEP_SECONDS = 10;
    private static final String DEEP = "weft-deep";

    /// Memory is taken only for as much of it as is used.
    private static final long DEEP_BYTES = 1 << 28;

    private static final ExecutorService SPARE = new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            KEEP_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            body -> unstarted("", body));

    private Threads() {}

    /// A thread of its own, for what lasts.
    static Thread start(String name, Runnable body) {
        var thread = unstarted(name, body);
        thread.start();
        return thread;
    }

    /// A thread that has done other work before, for what is short and frequent.
    static Running run(String name, Runnable body) {
        var running = new Running(name, body);
        SPARE.execute(running);
        return running;
    }

    /// The thread of [Deadlines].
    static Thread clock(Runnable body) {
        return unstarted("weft-clock", body);
    }

    /// Runs what needs more stack than a thread has on one that has much, and waits for it. An interrupt is kept.
    ///
    /// @throws StackOverflowError if it needs still more
    static <T extends @Nullable Object> T deep(Supplier<T> body) {
        var client = Client.current();
        var result = new CompletableFuture<T>();
        var thread = new Thread(
                GROUP,
                () -> {
                    try {
                        result.complete(client.serve(body::get));
                    } catch (Throwable failure) {
                        result.completeExceptionally(failure);
                    }
                },
                DEEP,
                DEEP_BYTES,
                false);
        thread.setDaemon(true);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.start();
        boolean interrupted = false;
        while (true) {
            try {
                return result.get();
            } catch (InterruptedException later) {
                interrupted = true;
            } catch (ExecutionException failure) {
                throw Failures.<RuntimeException>sneak(failure.getCause() == null ? failure : failure.getCause());
            } finally {
                if (interrupted && result.isDone()) Thread.currentThread().interrupt();
            }
        }
    }

    /// Whether this is such a thread.
    static boolean isDeep() {
        return Thread.currentThread().getName().equals(DEEP);
    }

    private static Thread unstarted(String name, Runnable body) {
        var thread = Thread.ofPlatform()
                .group(GROUP)
                .name(name)
                .daemon(true)
                .inheritInheritableThreadLocals(false)
                .unstarted(body);
        thread.setContextClassLoader(Threads.class.getClassLoader());
        return thread;
    }

    private static ThreadGroup root() {
        var group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) group = group.getParent();
        return group;
    }

    /// Short work on a thread that others use before and after it.
    static final class Running implements Runnable {
        private final String name;
        private final Runnable body;
        private final CountDownLatch ended = new CountDownLatch(1);
        private @Nullable Thread thread;
        private boolean interrupted;

        private Running(String name, Runnable body) {
            this.name = name;
            this.body = body;
        }

        @Override
        public void run() {
            var own = Thread.currentThread();
            synchronized (this) {
                own.setName(name);
                thread = own;
                if (interrupted) own.interrupt();
            }
            try {
                body.run();
            } finally {
                synchronized (this) {
                    thread = null;
                    Thread.interrupted(); // not meant for the next work
                    own.setContextClassLoader(Threads.class.getClassLoader());
                }
                ended.countDown();
            }
        }

        /// Interrupts this work and no other.
        synchronized void interrupt() {
            interrupted = true;
            if (thread != null) thread.interrupt();
        }

        /// Waits until the work has ended.
        void join() throws InterruptedException {
            ended.await();
        }

        /// Waits until the work has ended, but not longer than the limit.
        ///
        /// @return whether it has ended
        boolean join(Duration limit) throws InterruptedException {
            return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        }
    }
}
