package io.weft.concurrent;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    /// Options that make a JVM ignore a cache that does not fit or is damaged, without a word.
    private static final List<String> LENIENT = List.of(
            "-XX:AOTMode=auto", "-XX:+UnlockDiagnosticVMOptions", "-XX:+VerifySharedSpaces", "-Xlog:aot=off,cds=off");

    /// Where the workers of this JVM are to write what they have learnt.
    private static volatile @Nullable Path learning;

    private StartupCache() {}

    /// The options for a worker JVM.
    static List<String> options() {
        var output = learning;
        if (output != null) return List.of("-XX:AOTCacheOutput=" + output);
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
        try {
            learning = made;
            learn();
            if (!Files.isReadable(made)) throw new IOException("the JVM wrote no cache");
            Files.move(made, cache, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            System.out.println(cache);
            System.exit(0);
        } catch (IOException | ReflectiveOperationException | RuntimeException failure) {
            System.err.println("no start-up cache for worker JVMs: " + failure);
            var _ = made.toFile().delete();
            var _ = Path.of(made + ".config").toFile().delete();
            System.exit(1);
        }
    }

    /// Lets a worker do a little of everything. It writes its cache when it ends, which takes it some seconds.
    private static void learn() throws ReflectiveOperationException, InterruptedException, IOException {
        var lesson = new AsAUser().loadClass(Lesson.class.getName());
        var process = (WorkerProcess) lesson.getMethod("start").invoke(null);
        if (!process.join(Duration.ofSeconds(LIMIT_SECONDS)))
            throw new IOException("the worker did not end within %d s".formatted(LIMIT_SECONDS));
    }

    /// What a worker does to learn, in a class that has to travel to it as a user's.
    public static final class Lesson {
        public record Point(int x, double y, String name) {}

        private Lesson() {}

        public static WorkerProcess start() {
            SharedQueue<Object> queue = SharedQueue.create();
            int captured = 3;
            return WorkerProcess.start("start-up cache", () -> {
                Task<Integer, Integer> square = n -> n * n + captured;
                for (int i = 0; i < 300; i++) {
                    queue.put(square.apply(i));
                    queue.put(List.of(new Point(i, captured, "point " + i)));
                    queue.put(new Object[] {i, "text", new int[] {i}});
                    for (int k = 0; k < 3; k++) queue.take();
                }
                queue.put(Map.of("a", List.of(1, 2)));
                System.out.println("learnt from " + queue.size());
            });
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
