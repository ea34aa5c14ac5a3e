package example;

import static io.weft.concurrent.Range.range;

import io.weft.concurrent.Manager;
import io.weft.concurrent.Pool;
import io.weft.concurrent.SharedQueue;
import io.weft.concurrent.WorkerDiedException;
import io.weft.concurrent.WorkerProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Counts primes on worker JVMs, in the ways that Python's `multiprocessing` has.
public final class Primes {
    /// What a task gives; nothing has to be `Serializable`.
    record Found(int from, int to, int primes) {}

    private static final int BLOCK = 50_000;

    private static boolean isPrime(int n) {
        for (int d = 2; d * d <= n; d++) {
            if (n % d == 0) return false;
        }
        return n > 1;
    }

    private static Found count(int block) {
        int from = block * BLOCK;
        int primes = 0;
        for (int n = from; n < from + BLOCK; n++) {
            if (isPrime(n)) primes++;
        }
        return new Found(from, from + BLOCK, primes);
    }

    public static void main(String[] arguments) throws Exception {
        try (Pool pool = Pool.of(2)) {
            List<Found> found = pool.map(Primes::count, range(4));
            found.forEach(IO::println);
            IO.println("together " + found.stream().mapToInt(Found::primes).sum());

            // a worker that dies fails its own task, and the pool goes on
            try {
                pool.apply(() -> {
                    Runtime.getRuntime().halt(3);
                    return 0;
                });
            } catch (WorkerDiedException died) {
                IO.println("a worker ended with exit code " + died.exitCode().getAsInt());
            }
            IO.println("and the pool goes on: " + pool.map(n -> n * n, range(5)));
        }

        try (SharedQueue<Integer> queue = SharedQueue.create()) {
            WorkerProcess producer = WorkerProcess.start(() -> {
                for (int n = 1; n <= 10; n++) {
                    if (isPrime(n)) queue.put(n);
                }
            });
            producer.join();
            var primes = new ArrayList<Integer>();
            while (!queue.isEmpty()) primes.add(queue.get());
            IO.println("from another process " + primes);
        }

        try (Manager manager = Manager.start();
                Pool pool = Pool.of(2)) {
            Map<Boolean, Integer> counts = manager.dict();
            pool.map(n -> counts.merge(isPrime(n), 1, Integer::sum), range(100));
            IO.println("counted by all workers in one dictionary: %d primes, %d others"
                    .formatted(counts.get(true), counts.get(false)));
        }
    }
}
