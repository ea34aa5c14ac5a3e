package io.weft.concurrent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The start-up cache of worker JVMs: what one of them has loaded, linked and profiled, so that the others need not.
///
/// It is made by running this class with the library's jar on the class path, and stands beside the jar, with `.aot`
/// for `.jar`. Workers use it if it is there; a JVM that cannot use it, since the jar or the JDK has changed, starts
/// without and says nothing.
public final class StartupCache {
    private static final String JAR = ".jar";
    private static final String CACHE = ".aot";
    private static final long LIMIT_SECONDS = 120;

    /// Few, so that a worker does not begin by compiling what it hardly uses.
    private static final int ROUNDS = 3;

    private static final Object[][] ITEMS = {{1}, {1, 2, 3}, {"a", "b"}, {1.5, 2L, List.of(1, 2)}};

    /// Options that make a JVM ignore a cache that does not fit or is damaged, without a word.
    private static final List<String> LENIENT = List.of(
            "-XX:AOTMode=auto",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:+VerifySharedSpaces",
            "-XX:ArchiveRelocationMode=0",
            "-Xlog:aot=off,cds=off");

    /// Where the workers of this JVM are to write what they have learnt.
    private static volatile @Nullable Path learning;

    /// Defines the lesson's classes, so that they travel as a user's do.
    private static final class Teacher {
        static final ClassLoader LOADER = new AsAUser();
    }

    private StartupCache() {}

    /// Whether the workers of this JVM are there to make the cache.
    static boolean isLearning() {
        return learning != null;
    }

    static boolean isTeacher(ClassLoader loader) {
        return loader instanceof AsAUser;
    }

    /// What lets a worker do once what tasks do, so that it has loaded and linked it.
    static List<Chunk> rehearsal() throws ReflectiveOperationException {
        var lesson = Teacher.LOADER.loadClass(Lesson.class.getName());
        var chunks = new ArrayList<Chunk>();
        for (var task : (Object[]) lesson.getMethod("rehearsal").invoke(null))
            for (var items : ITEMS) chunks.add(chunk(new Batch(task, "map", Limits.NONE, _ -> {}), items));
        return chunks;
    }

    private static Chunk chunk(Batch batch, Object[] items) {
        // two grains, so that it learns to answer while it goes on
        int grain = Math.max(1, items.length / 2);
        var load = new Load(batch, 0, Arrays.asList(items), grain, "");
        var trace = new Trace();
        load.parcel = Parcel.of(load, trace);
        load.closure = Closure.pack(batch.function, trace.classes);
        return Chunk.whole(load);
    }

    /// The options for a worker JVM.
    static List<String> options() {
        var output = learning;
        if (output != null)
            return List.of(
                    "-Xlog:disable",
                    "-XX:+UnlockDiagnosticVMOptions",
                    "-XX:-AOTRecordTraining",
                    "-XX:AOTCacheOutput=" + output);
        var cache = beside(WorkerCommand.library());
        if (cache == null || !Files.isReadable(cache)) return List.of();
        var options = new ArrayList<>(LENIENT);
        options.add("-XX:AOTCache=" + cache);
        return options;
    }

    private static @Nullable Path beside(Path library) {
        var name = String.valueOf(library.getFileName());
        return name.endsWith(JAR)
                ? library.resolveSibling(name.substring(0, name.length() - JAR.length()) + CACHE)
                : null;
    }

    /// Makes the cache. Ends with 1, and one line on standard error, where there is none afterwards.
    @SuppressWarnings("SystemOut") // a program of its own
    public static void main(String[] args) throws InterruptedException {
        var cache = beside(WorkerCommand.library());
        if (cache == null) {
            System.err.println("a start-up cache needs the library as a jar, not " + WorkerCommand.library());
            System.exit(1);
            return;
        }
        var made = cache.resolveSibling(
                cache.getFileName() + "." + ProcessHandle.current().pid());
        var out = System.out;
        try {
            learning = made;
            System.setOut(new PrintStream(OutputStream.nullOutputStream())); // what the worker prints to learn it
            learn();
            if (!Files.isReadable(made)) throw new IOException("the JVM wrote no cache");
            Files.move(made, cache, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            out.println(cache);
            System.exit(0);
        } catch (IOException | ReflectiveOperationException | RuntimeException failure) {
            System.err.println("no start-up cache for worker JVMs: " + failure);
            var _ = made.toFile().delete();
            var _ = Path.of(made + ".config").toFile().delete();
            System.exit(1);
        }
    }

    /// Lets a worker of a pool do a little of everything. It writes its cache when it ends, which takes it some
    /// seconds.
    private static void learn() throws ReflectiveOperationException, InterruptedException, IOException {
        var lesson = Teacher.LOADER.loadClass(Lesson.class.getName());
        SharedQueue<Object> queue = SharedQueue.create();
        var pupil = new Pupil(
                (Object[]) lesson.getMethod("tasks", SharedQueue.class).invoke(null, queue));
        pupil.learn(Duration.ofSeconds(LIMIT_SECONDS));
    }

    /// The worker that learns.
    private static final class Pupil implements WorkerJvm.Owner {
        private final Object[] tasks;
        private final CompletableFuture<Death> end = new CompletableFuture<>();

        Pupil(Object[] tasks) {
            this.tasks = tasks;
        }

        void learn(Duration limit) throws IOException, InterruptedException {
            WorkerJvm.start("pupil", "", List.of(), WorkerCommand.Mode.POOL, Crowd.of("lesson", 1), _ -> {}, this);
            try {
                var death = end.get(limit.toSeconds(), TimeUnit.SECONDS);
                if (death.exitCode().orElse(-1) != 0) throw new IOException(death.sentence() + death.details());
            } catch (TimeoutException late) {
                WorkerJvm.killAll();
                throw new IOException("the worker did not end within " + limit.toSeconds() + " s", late);
            } catch (ExecutionException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        @Override
        public void connected(WorkerJvm worker) {
            for (int round = 0; round < ROUNDS; round++)
                for (var task : tasks) for (var items : ITEMS) worker.run(chunk(new Batch(task, "map"), items));
            worker.finish();
        }

        @Override
        public void answered(WorkerJvm worker, Chunk chunk, WorkerJvm.Answer answer) {
            // a task that fails teaches something too
        }

        @Override
        public void ended(WorkerJvm worker, Death death) {
            end.complete(death);
        }
    }

    /// What a worker does to learn, in a class that has to travel to it as a user's.
    public static final class Lesson {
        public record Point(int x, double y, String name) {}

        private Lesson() {}

        /// Those that need nothing but the worker, and print nothing.
        public static Object[] rehearsal() {
            int captured = 3;
            Task<Object, Object> square = n -> n.hashCode() * captured;
            Task<Object, Object> point = n -> new Point(n.hashCode(), captured, "point " + n);
            return new Object[] {square, point};
        }

        public static Object[] tasks(SharedQueue<Object> queue) {
            int captured = 3;
            var names = List.of("a", "b");
            Task<Object, Object> collect = n -> List.of(Map.of("a", List.of(n, 2)), names);
            Task<Object, @Nullable Object> print = n -> {
                System.out.println("learnt " + n);
                return n;
            };
            Task<Object, Object> share = n -> {
                queue.put(n.hashCode());
                queue.put(List.of(new Point(1, captured, "point " + n)));
                return List.of(queue.take(), queue.take());
            };
            Task<Object, Object> fail = n -> {
                throw new IllegalStateException("taught " + n);
            };
            return new Object[] {rehearsal()[0], rehearsal()[1], collect, print, share, fail};
        }
    }

    /// A class loader that defines the lesson anew, so that it is not the library's own.
    private static final class AsAUser extends ClassLoader {
        AsAUser() {
            super(StartupCache.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (!name.startsWith(Lesson.class.getName())) return super.loadClass(name, resolve);
                var known = findLoadedClass(name);
                if (known != null) return known;
                try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                    if (in == null) throw new ClassNotFoundException(name);
                    byte[] bytes = in.readAllBytes();
                    return defineClass(name, bytes, 0, bytes.length);
                } catch (IOException unreadable) {
                    throw new ClassNotFoundException(name, unreadable);
                }
            }
        }
    }
}
