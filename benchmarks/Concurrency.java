import io.weft.concurrent.Manager;
import io.weft.concurrent.Pool;
import io.weft.concurrent.SharedLock;
import io.weft.concurrent.SharedQueue;
import io.weft.concurrent.WorkerInfo;

import static io.weft.concurrent.Range.range;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Weft's side of `concurrency.py`: reads the name of a measure a line, and answers with a figure a line.
///
/// Pools, queues and managers stay open between the measures, as on Python's side, except where their start is
/// what is measured.
public class Concurrency {
    record Point(int id, double value) {}

    private static final int MILLION = 1_000_000;
    private static final int HUNDRED_MB = 100_000_000;
    private static final int TRIPS = 1000;

    /// Of the numbers below a million, squared as `int`.
    private static final long SQUARES = IntStream.range(0, MILLION).map(n -> n * n).asLongStream().sum();

    private final int workers;
    private final Map<String, Object> made = new HashMap<>();

    private Concurrency(int workers) {
        this.workers = workers;
    }

    public static void main(String[] args) throws Exception {
        var bench = new Concurrency(Integer.parseInt(args[0]));
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            try {
                System.out.println("= " + bench.measure(line));
            } catch (Exception failure) {
                failure.printStackTrace();
                System.out.println("= nan");
            }
        }
        System.exit(0);
    }

    private double measure(String asked) throws Exception {
        var words = asked.split(" ");
        var what = words[0];
        int size = words.length > 1 ? Integer.parseInt(words[1]) : 0;
        return switch (what) {
            case "opening" -> start(size);
            case "by-workers" -> byWorkers(size);
            case "by-items" -> byItems(size);
            case "by-bytes" -> byBytes(size);
            case "start" -> start(5);
            case "start-cold" -> start(Pool.builder().size(5).jvmOptions("-Dspare=unfit"));
            case "idle-memory" -> idleMemory();
            case "map10" -> map10();
            case "map1e6-int" -> mapInts();
            case "map1e6-record" -> mapRecords();
            case "chunksize1" -> chunksize1();
            case "apply" -> apply();
            case "cpu" -> cpu();
            case "argument" -> argument();
            case "result" -> result();
            case "queue-small" -> queue("small", MILLION);
            case "queue-1k" -> queue("1k", 50_000);
            case "queue-1m" -> queue("1m", 300);
            case "queue-trip" -> queueTrip();
            case "dict-set" -> dictSet();
            case "dict-get" -> dictGet();
            case "dict-set-4" -> dictFour();
            case "dict-batch" -> dictBatch();
            case "lock" -> lock();
            case "lock-4" -> lockFour();
            case "thread-trip" -> threadTrip();
            case "thread-tasks" -> threadTasks();
            default -> throw new IllegalArgumentException(what);
        };
    }

    private interface Maker<T> {
        T make() throws Exception;
    }

    @SuppressWarnings("unchecked")
    private <T> T once(String name, Maker<T> maker) throws Exception {
        if (!made.containsKey(name)) made.put(name, maker.make());
        return (T) made.get(name);
    }

    private Pool pool() throws Exception {
        return once("pool", () -> ready(Pool.of(workers)));
    }

    private static Pool ready(Pool pool) throws Exception {
        for (int i = 0; i < 1000; i++) {
            if (pool.workers().stream().noneMatch(worker -> worker.state() == WorkerInfo.State.STARTING)) return pool;
            Thread.sleep(10);
        }
        throw new IllegalStateException("the workers do not start");
    }

    private interface Step {
        void run() throws Exception;
    }

    private static double seconds(Step step) throws Exception {
        long begun = System.nanoTime();
        step.run();
        return (System.nanoTime() - begun) / 1e9;
    }

    /// The median time of one step, in microseconds.
    private static double micros(int times, Step step) throws Exception {
        var taken = new long[times];
        for (int i = 0; i < times; i++) {
            long begun = System.nanoTime();
            step.run();
            taken[i] = System.nanoTime() - begun;
        }
        Arrays.sort(taken);
        return taken[times / 2] / 1e3;
    }

    private static void check(boolean right, String what) {
        if (!right) throw new IllegalStateException("wrong result: " + what);
    }

    // ---- pools

    private double byWorkers(int count) throws Exception {
        var pool = once("pool of " + count, () -> ready(Pool.of(count)));
        return 1e3 * seconds(() -> check(pool.map(n -> n * n, range(200_000)).get(9) == 81, "by-workers"));
    }

    private double byItems(int items) throws Exception {
        var pool = once("pool of 2", () -> ready(Pool.of(2)));
        return often(items, () -> check(pool.map(n -> n * n, range(items)).get(9) == 81, "by-items"));
    }

    private double byBytes(int size) throws Exception {
        var pool = large();
        var bytes = new byte[size];
        return often(size, () -> check(pool.apply(b -> b.length, bytes) == size, "by-bytes"));
    }

    /// The milliseconds of a step: the median of many if it is short.
    private static double often(int size, Step step) throws Exception {
        return micros(Math.max(1, Math.min(200, 100_000 / size)), step) / 1e3;
    }

    private double start(int workers) throws Exception {
        return start(Pool.builder().size(workers));
    }

    private double start(Pool.Builder builder) throws Exception {
        var held = new Pool[1];
        double taken = seconds(() -> {
            held[0] = builder.build();
            check(held[0].map(n -> n * n, range(10)).get(9) == 81, "start");
        });
        ready(held[0]);
        held[0].close();
        Thread.sleep(1500); // the next one finds a spare worker, as in any program that does not open pools in a row
        return taken * 1e3;
    }

    private double idleMemory() throws Exception {
        var pool = ready(Pool.of(workers));
        pool.map(n -> n * n, range(10));
        double most = 0;
        for (var worker : pool.workers()) {
            for (var line : Files.readAllLines(Path.of("/proc/" + worker.pid() + "/smaps_rollup")))
                if (line.startsWith("Pss:")) most = Math.max(most, Double.parseDouble(line.replaceAll("\\D", "")) / 1024);
        }
        pool.close();
        return most;
    }

    private double map10() throws Exception {
        var pool = pool();
        return micros(TRIPS, () -> check(pool.map(n -> n * n, range(10)).get(9) == 81, "map10"));
    }

    private double mapInts() throws Exception {
        var pool = pool();
        return MILLION / seconds(() -> {
            long sum = 0;
            for (int n : pool.map(n -> n * n, range(MILLION))) sum += n;
            check(sum == SQUARES, "map1e6-int");
        });
    }

    private double mapRecords() throws Exception {
        var pool = pool();
        List<Point> points = once("points", () -> {
            var list = new ArrayList<Point>();
            for (int i = 0; i < MILLION; i++) list.add(new Point(i, i * 0.5));
            return list;
        });
        return MILLION / seconds(() -> {
            double sum = 0;
            for (var point : pool.map(p -> new Point(p.id() + 1, p.value() + 1), points)) sum += point.value();
            check(sum == 249999750000.0 + MILLION, "map1e6-record");
        });
    }

    private double chunksize1() throws Exception {
        var pool = pool();
        int items = 100_000;
        return items / seconds(() -> check(pool.map(n -> n * n, range(items), 1).get(9) == 81, "chunksize1"));
    }

    private double apply() throws Exception {
        var pool = pool();
        return micros(TRIPS, () -> check(pool.apply(n -> n * n, 7) == 49, "apply"));
    }

    private static int collatz(int from) {
        int most = 0;
        for (int i = from; i < from + 40_000; i++) {
            long n = i;
            int steps = 0;
            while (n != 1) {
                n = (n & 1) == 0 ? n / 2 : 3 * n + 1;
                steps++;
            }
            most = Math.max(most, steps);
        }
        return most;
    }

    private double cpu() throws Exception {
        var one = once("one", () -> ready(Pool.of(1)));
        var two = once("two", () -> ready(Pool.of(2)));
        var items = range(1, 40 * 40_000, 40_000);
        once("warm", () -> {
            one.map(Concurrency::collatz, items, 1);
            return two.map(Concurrency::collatz, items, 1);
        });
        double alone = seconds(() -> one.map(Concurrency::collatz, items, 1));
        return alone / seconds(() -> two.map(Concurrency::collatz, items, 1));
    }

    private Pool large() throws Exception {
        return once("large", () -> ready(Pool.builder().size(1).heap("1g").build()));
    }

    private double argument() throws Exception {
        var pool = large();
        var bytes = once("bytes", () -> new byte[HUNDRED_MB]);
        return HUNDRED_MB / 1e6 / seconds(() -> check(pool.apply(b -> b.length, bytes) == HUNDRED_MB, "argument"));
    }

    private double result() throws Exception {
        var pool = large();
        return HUNDRED_MB / 1e6 / seconds(() -> check(pool.apply(n -> new byte[n], HUNDRED_MB).length == HUNDRED_MB, "result"));
    }

    // ---- queues

    private double queue(String kind, int count) throws Exception {
        var pool = once("producer", () -> ready(Pool.of(1)));
        SharedQueue<Object> queue = once("queue", SharedQueue::create);
        double taken = seconds(() -> {
            var producer = pool.applyAsync(() -> {
                switch (kind) {
                    case "small" -> {
                        for (int i = 0; i < count; i++) queue.put(i);
                    }
                    case "1k" -> {
                        var bytes = new byte[1024];
                        for (int i = 0; i < count; i++) queue.put(bytes);
                    }
                    default -> {
                        var bytes = new byte[1 << 20];
                        for (int i = 0; i < count; i++) queue.put(bytes);
                    }
                }
                return 0;
            });
            for (int i = 0; i < count; i++) queue.take();
            producer.get();
        });
        return kind.equals("1m") ? count * (double) (1 << 20) / 1e6 / taken : count / taken;
    }

    private double queueTrip() throws Exception {
        var pool = once("producer", () -> ready(Pool.of(1)));
        SharedQueue<Integer> there = once("there", SharedQueue::create);
        SharedQueue<Integer> back = once("back", SharedQueue::create);
        var echo = pool.applyAsync(() -> {
            for (int i = 0; i < TRIPS; i++) back.put(there.take());
            return 0;
        });
        double taken = micros(TRIPS, () -> {
            there.put(1);
            back.take();
        });
        echo.get();
        return taken;
    }

    // ---- a manager

    private Map<String, Integer> dict() throws Exception {
        return once("dict", () -> once("manager", Manager::start).dict());
    }

    private double dictSet() throws Exception {
        var dict = dict();
        return micros(2 * TRIPS, () -> dict.put("key", 1));
    }

    private double dictGet() throws Exception {
        var dict = dict();
        dict.put("key", 1);
        return micros(2 * TRIPS, () -> check(dict.get("key") == 1, "dict-get"));
    }

    private Pool four() throws Exception {
        return once("four", () -> ready(Pool.of(4)));
    }

    private double dictFour() throws Exception {
        var pool = four();
        var dict = dict();
        int sets = 10_000;
        return 4 * sets / seconds(() -> pool.onEach(() -> {
            for (int i = 0; i < sets; i++) dict.put("key", i);
            return 0;
        }));
    }

    private double dictBatch() throws Exception {
        var dict = dict();
        int entries = 50_000;
        var batch = new HashMap<String, Integer>();
        for (int i = 0; i < entries; i++) batch.put("key" + i % 1000 + "." + i, i);
        double taken = seconds(() -> dict.putAll(batch));
        dict.clear();
        return entries / taken;
    }

    // ---- locks

    private double lock() throws Exception {
        var lock = once("lock", SharedLock::create);
        int times = 2_000_000; // take about as long as Python's 200,000
        return 1e9 / times * seconds(() -> {
            for (int i = 0; i < times; i++) {
                lock.lock();
                lock.unlock();
            }
        });
    }

    /// Seconds for 100,000 increments by each of four; fewer are made, and scaled up, where that takes minutes.
    private double lockFour() throws Exception {
        var pool = four();
        var lock = once("lock", SharedLock::create);
        var file = once("counted", () -> {
            var path = Files.createTempFile("weft-counted", "");
            Files.write(path, new byte[8]);
            path.toFile().deleteOnExit();
            return path.toString();
        });
        int full = 100_000;
        int few = 1000;
        double tried = lockFour(pool, lock, file, few);
        return tried < 0.5 ? lockFour(pool, lock, file, full) : tried * full / few;
    }

    private static double lockFour(Pool pool, SharedLock lock, String file, int increments) throws Exception {
        var shared = map(file);
        int before = shared.getInt(0);
        double taken = seconds(() -> pool.onEach(() -> {
            var mine = map(file);
            for (int i = 0; i < increments; i++) {
                lock.lock();
                try {
                    mine.putInt(0, mine.getInt(0) + 1);
                } finally {
                    lock.unlock();
                }
            }
            return 0;
        }));
        check(shared.getInt(0) - before == 4 * increments, "lock-4: the count is not exact");
        return taken;
    }

    private static MappedByteBuffer map(String file) throws Exception {
        try (var channel = FileChannel.open(Path.of(file), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, 8);
        }
    }

    // ---- threads

    private Pool threads() throws Exception {
        return once("threads", () -> Pool.ofThreads(2));
    }

    private double threadTrip() throws Exception {
        var pool = threads();
        return micros(5 * TRIPS, () -> check(pool.submit(() -> 49).get() == 49, "thread-trip"));
    }

    private double threadTasks() throws Exception {
        var pool = threads();
        int items = 200_000;
        return items / seconds(() -> check(pool.map(n -> n * n, range(items), 1).get(9) == 81, "thread-tasks"));
    }
}
