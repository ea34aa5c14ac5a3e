package io.weft.concurrent;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A step of a [CompletableFuture] that was given to a pool as its executor, such as by `supplyAsync(f, pool)`.
///
/// The JDK hides the function in an object of its own, which happens to be serialisable, but for the futures that it
/// refers to. It travels whole: futures that have ended with what they ended with, and the one that the step
/// completes as a new one, whose result comes back for the one at home.
final class FutureStep implements Call<@Nullable Object>, Carrier {
    private static final AtomicLong SERIALS = new AtomicLong();

    /// A step runs once only, so no two may be taken for the same function.
    @SuppressWarnings("unused") // part of the content
    private final long serial = SERIALS.incrementAndGet();

    private final Runnable step;
    private final Object result;
    private final transient Found found;

    /// What a step refers to.
    private record Found(
            List<CompletableFuture<?>> futures, @Nullable ClassLoader loader) {}

    private FutureStep(Runnable step, Found found) {
        this.step = step;
        this.found = found;
        this.result = found.futures().stream()
                .filter(future -> !future.isDone())
                .findFirst()
                .orElseGet(CompletableFuture::new);
    }

    static boolean is(Runnable task) {
        return task instanceof CompletableFuture.AsynchronousCompletionTask;
    }

    static FutureStep of(Runnable step) {
        return new FutureStep(step, Search.of(step));
    }

    /// The future that the step completes.
    @SuppressWarnings("unchecked")
    CompletableFuture<@Nullable Object> result() {
        return (CompletableFuture<@Nullable Object>) result;
    }

    @Override
    public @Nullable ClassLoader loader() {
        return found.loader();
    }

    /// What travels in place of the futures.
    void replaceIn(Map<Object, Object> replacements) {
        for (var future : found.futures()) replacements.put(future, StandIn.ofFuture(future));
        replacements.computeIfAbsent(result, _ -> StandIn.ofFuture(result()));
    }

    @Override
    public @Nullable Object call() throws Exception {
        step.run();
        try {
            return result().get();
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof Exception own ? own : failure;
        }
    }

    /// Writes a step to nowhere, to see what it refers to.
    private static final class Search extends ObjectOutputStream {
        private final Object step;
        private final List<CompletableFuture<?>> futures = new ArrayList<>();
        private @Nullable ClassLoader loader;

        private Search(Object step) throws IOException {
            super(OutputStream.nullOutputStream());
            this.step = step;
            enableReplaceObject(true);
        }

        static Found of(Object step) {
            try (var search = new Search(step)) {
                search.writeObject(step);
                return new Found(List.copyOf(search.futures), search.loader);
            } catch (IOException failure) {
                throw new NotSendableException(
                        "this step of a CompletableFuture cannot be sent to a worker: " + failure.getMessage(),
                        "",
                        failure);
            }
        }

        @Override
        protected void annotateClass(Class<?> type) {
            if (loader == null && UserClasses.isUser(type)) loader = type.getClassLoader();
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // the step itself
        protected @Nullable Object replaceObject(Object value) {
            if (value == step || value instanceof java.lang.invoke.SerializedLambda || value instanceof Class<?>)
                return value;
            if (value instanceof CompletableFuture<?> future) futures.add(future);
            else if (loader == null && UserClasses.isUser(value.getClass()))
                loader = value.getClass().getClassLoader();
            return null;
        }
    }
}
