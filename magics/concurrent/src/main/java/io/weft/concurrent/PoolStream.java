package io.weft.concurrent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.stream.Collector;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// Stages that the workers of a pool run for each item, from [Pool#stream].
///
/// `map`, `filter` and `flatMap` only say what is to be done. The last call, such as [#toList], starts it: each item
/// goes once to a worker, which runs all stages in one go, and results come back in the order of the items. Items are
/// read only a little ahead of the results, so they may be endless. What comes after [#sequential] runs here.
///
/// ```java
/// pool.stream(range(1, 1000)).map(n -> n * n).filter(n -> n % 2 == 1).toList()
/// ```
///
/// **Threads.** A stream is immutable, and any thread may use it. It reads its items anew for each last call.
///
/// @param <T> what comes out of the stages
public final class PoolStream<T extends @Nullable Object> {
    private static final int CHUNKS_PER_WORKER = 4;
    private static final int BIGGEST_CHUNK = 10_000;

    private final Pool pool;
    private final Iterable<?> items;
    private final Stages stages;
    private final int chunksize;
    private final boolean ordered;

    /// What is done with an item: to one of them, or to each of those that came out before.
    private sealed interface Stage extends java.io.Serializable {
        record Mapping(Task<@Nullable Object, ?> function) implements Stage {}

        record Filtering(Task<@Nullable Object, Boolean> condition) implements Stage {}

        record Flattening(Task<@Nullable Object, ? extends Iterable<?>> function) implements Stage {}

        default Object function() {
            return switch (this) {
                case Mapping(var function) -> function;
                case Filtering(var condition) -> condition;
                case Flattening(var function) -> function;
            };
        }
    }

    /// All stages as one task, which gives what came out for an item.
    private record Stages(List<Stage> list) implements Task<@Nullable Object, @Nullable Object[]>, Carrier {
        private static final Object[] NONE = {};

        @Override
        public @Nullable Object[] apply(@Nullable Object item) throws Exception {
            var value = item;
            for (int i = 0; i < list.size(); i++) {
                switch (list.get(i)) {
                    case Stage.Mapping(var function) -> value = function.apply(value);
                    case Stage.Filtering(var condition) -> {
                        if (!condition.apply(value)) return NONE;
                    }
                    case Stage.Flattening(var function) -> {
                        var rest = new Stages(new ArrayList<>(list.subList(i + 1, list.size())));
                        var all = new ArrayList<@Nullable Object>();
                        for (var each : function.apply(value)) Collections.addAll(all, rest.apply(each));
                        return all.toArray();
                    }
                }
            }
            return new @Nullable Object[] {value};
        }

        @Override
        public @Nullable ClassLoader loader() {
            for (var stage : list)
                if (UserClasses.isUser(stage.function().getClass()))
                    return stage.function().getClass().getClassLoader();
            return null;
        }

        private Stages and(Stage next) {
            var longer = new ArrayList<>(list);
            longer.add(next);
            return new Stages(longer);
        }
    }

    private PoolStream(Pool pool, Iterable<?> items, Stages stages, int chunksize, boolean ordered) {
        this.pool = pool;
        this.items = items;
        this.stages = stages;
        this.chunksize = chunksize;
        this.ordered = ordered;
    }

    static <T extends @Nullable Object> PoolStream<T> of(Pool pool, Iterable<? extends T> items) {
        return new PoolStream<>(pool, Objects.requireNonNull(items), new Stages(new ArrayList<>()), 0, true);
    }

    /// Puts what `task` makes of an item in its place.
    public <R extends @Nullable Object> PoolStream<R> map(Task<? super T, ? extends R> task) {
        Objects.requireNonNull(task, "task");
        return with(new Stage.Mapping(generic(task)));
    }

    /// Keeps the items for which the condition holds.
    public PoolStream<T> filter(Task<? super T, Boolean> condition) {
        Objects.requireNonNull(condition, "condition");
        return with(new Stage.Filtering(generic(condition)));
    }

    /// Puts all that `task` makes of an item in its place: none, one or many.
    public <R extends @Nullable Object> PoolStream<R> flatMap(Task<? super T, ? extends Iterable<? extends R>> task) {
        Objects.requireNonNull(task, "task");
        return with(new Stage.Flattening(generic(task)));
    }

    /// Gives results in the order in which they are ready.
    public PoolStream<T> unordered() {
        return new PoolStream<>(pool, items, stages, chunksize, false);
    }

    /// Sends so many items together. Without it, a [Collection] is cut into some chunks for each worker, and of other
    /// items each is sent alone.
    public PoolStream<T> chunksize(int value) {
        if (value < 1) throw new IllegalArgumentException("chunksize must be at least 1, not " + value);
        return new PoolStream<>(pool, items, stages, value, ordered);
    }

    @SuppressWarnings("unchecked") // what comes out of one stage goes into the next
    private static <X> Task<@Nullable Object, X> generic(Task<?, ? extends X> task) {
        return (Task<@Nullable Object, X>) Objects.requireNonNull(task);
    }

    private <R extends @Nullable Object> PoolStream<R> with(Stage stage) {
        return new PoolStream<>(pool, items, stages.and(stage), chunksize, ordered);
    }

    /// All results.
    ///
    /// @return an unmodifiable list
    /// @throws TaskFailedException if a stage throws for an item
    /// @throws NotSendableException if a stage or an item cannot travel
    /// @throws java.util.concurrent.CancellationException if interrupted while waiting, which stays noted
    public List<T> toList() {
        var all = new ArrayList<T>();
        forEach(all::add);
        return Collections.unmodifiableList(all);
    }

    /// Hands each result to `action`, in this thread.
    public void forEach(Consumer<? super T> action) {
        Objects.requireNonNull(action, "action");
        try (var results = iterator()) {
            results.forEachRemaining(action);
        }
    }

    /// Combines the results two by two, in this thread; empty if there is none.
    public Optional<T> reduce(BinaryOperator<T> operator) {
        Objects.requireNonNull(operator, "operator");
        return sequential().reduce(operator);
    }

    /// Collects the results, in this thread.
    public <R extends @Nullable Object, A extends @Nullable Object> R collect(Collector<? super T, A, R> collector) {
        Objects.requireNonNull(collector, "collector");
        return sequential().collect(collector);
    }

    /// How many results there are.
    public long count() {
        long count = 0;
        try (var results = iterator()) {
            for (; results.hasNext(); results.next()) count++;
        }
        return count;
    }

    /// The results as a stream of the JDK, for all that can be done with one, in this thread: `limit`, `sorted`,
    /// `anyMatch` … When it does not ask for more, no more is sent. Close it to cancel what is under way.
    public Stream<T> sequential() {
        var results = iterator();
        int traits = ordered ? Spliterator.ORDERED : 0;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(results, traits), false)
                .onClose(results::close);
    }

    /// The results one by one; `next` throws as [#toList] does.
    public ResultIterator<T> iterator() {
        int size = chunksize > 0 ? chunksize : defaultChunksize();
        return new Flat<>(pool.results(stages, items.iterator(), size, ordered));
    }

    private int defaultChunksize() {
        if (!(items instanceof Collection<?> all) || pool.size() == Pool.UNBOUNDED) return 1;
        return pool.chunksize(Math.min(all.size(), BIGGEST_CHUNK * CHUNKS_PER_WORKER * pool.size()));
    }

    /// What came out for each item, one after the other.
    private static final class Flat<T extends @Nullable Object> implements ResultIterator<T> {
        private final ResultIterator<@Nullable Object[]> outer;
        private Iterator<@Nullable Object> inner = Collections.emptyIterator();

        Flat(ResultIterator<@Nullable Object[]> outer) {
            this.outer = outer;
        }

        @Override
        public boolean hasNext() {
            while (!inner.hasNext() && outer.hasNext())
                inner = java.util.Arrays.asList(outer.next()).iterator();
            return inner.hasNext();
        }

        @Override
        @SuppressWarnings("unchecked") // the last stage gave it
        public T next() {
            if (!hasNext()) throw new NoSuchElementException();
            return (T) inner.next();
        }

        @Override
        public void close() {
            outer.close();
            inner = Collections.emptyIterator();
        }
    }
}
