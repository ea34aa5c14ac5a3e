package io.weft.magics.notebook;

import com.sun.management.ThreadMXBean;
import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `%timeit` and `%%timeit`: run Java many times and tell how long one time takes.
final class TimeitMagic {
    /// How long code is run before it is measured, so that the JIT has compiled it.
    private static final long WARM_UP_NANOS = 500_000_000L;
    /// How long one run of many loops shall take.
    private static final long RUN_NANOS = 200_000_000L;

    private TimeitMagic() {}

    /// How often the code is run.
    static final class Counts {
        @Option(
                names = {"-n", "--number"},
                paramLabel = "N",
                description = "How many times the code runs in one run (default: as often as takes 0.2 s).")
        int loops;

        @Option(
                names = {"-r", "--repeat"},
                paramLabel = "R",
                defaultValue = "7",
                description = "How many runs are measured (default: ${DEFAULT-VALUE}).")
        int runs = 7;
    }

    /// One line.
    @Command(description = "Run Java many times, after a warm-up, and tell how long one time takes.")
    static final class Line implements Callable<Object> {
        private final Cell cell;

        @Mixin
        Counts counts = new Counts();

        @Parameters(arity = "0..1", paramLabel = "CODE", description = "An expression or statements.")
        String code = "";

        Line(Cell cell) {
            this.cell = cell;
        }

        @Override
        public @Nullable Object call() throws Exception {
            measure(cell, "%timeit", counts, code);
            return null;
        }
    }

    /// The cell's body.
    @Command(description = "Run the cell many times, after a warm-up, and tell how long one time takes.")
    static final class Body implements Callable<Object> {
        private final Cell cell;
        private final String body;

        @Mixin
        Counts counts = new Counts();

        Body(Cell cell, String body) {
            this.cell = cell;
            this.body = body;
        }

        @Override
        public @Nullable Object call() throws Exception {
            measure(cell, "%%timeit", counts, body);
            return null;
        }
    }

    private static void measure(Cell cell, String magic, Counts counts, String code) throws Exception {
        if (code.isBlank())
            throw new MagicException(magic + ": there is no Java to time. " + magic + " --help shows how to call it.");
        if (counts.runs < 1 || counts.loops < 0) throw new MagicException(magic + ": -r and -n must be 1 or more");
        Callable<?> task = compiled(cell, code);
        warmUp(task);
        long loops = counts.loops > 0 ? counts.loops : loops(task);
        double[] nanos = new double[counts.runs];
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocatedBefore = threads.getCurrentThreadAllocatedBytes();
        for (int run = 0; run < nanos.length; run++) nanos[run] = (double) run(task, loops) / loops;
        long allocated = threads.getCurrentThreadAllocatedBytes() - allocatedBefore;
        Arrays.sort(nanos);
        cell.output().stream(
                Stream.STDOUT,
                String.format(
                        Locale.ROOT,
                        "%s per loop, %s to %s (median and extremes of %d runs, %,d loops each); %s allocated per loop%n",
                        Amount.nanos(median(nanos)),
                        Amount.nanos(nanos[0]),
                        Amount.nanos(nanos[nanos.length - 1]),
                        nanos.length,
                        loops,
                        Amount.bytes(allocated / loops / nanos.length)));
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// The code as a task: an expression gives its value, so that the JIT cannot leave it out.
    private static Callable<?> compiled(Cell cell, String code) throws Exception {
        String bare = code.strip();
        while (bare.endsWith(";")) bare = bare.substring(0, bare.length() - 1).strip();
        String head = "(java.util.concurrent.Callable<Object>) () -> {";
        try {
            if (cell.evaluate(head + " return (\n" + bare + "\n); }") instanceof Callable<?> expression)
                return expression;
        } catch (MagicException noExpression) {
            // then it is statements, or wrong as both
        }
        if (cell.evaluate(head + "\n" + code + "\n;if (true) return null; throw null; }")
                instanceof Callable<?> statements) return statements;
        throw new MagicException("%timeit: the code gives no task");
    }

    private static void warmUp(Callable<?> task) throws Exception {
        long begin = System.nanoTime();
        do run(task, 1);
        while (System.nanoTime() - begin < WARM_UP_NANOS);
    }

    private static long loops(Callable<?> task) throws Exception {
        long loops = 1;
        long took = run(task, loops);
        while (took < RUN_NANOS / 10) {
            loops *= 10;
            took = run(task, loops);
            // of two, the one that nothing else on the machine held up
            if (took >= RUN_NANOS / 10) took = Math.min(took, run(task, loops));
        }
        return Math.max(1, round(loops * (double) RUN_NANOS / Math.max(1, took)));
    }

    /// The nearest number with one digit that counts.
    private static long round(double count) {
        if (count <= 1) return 1;
        double unit = Math.pow(10, Math.floor(Math.log10(count)));
        return (long) (Math.rint(count / unit) * unit);
    }

    @SuppressWarnings("unused") // a value that is kept is a value that is computed
    private static volatile @Nullable Object kept;

    private static long run(Callable<?> task, long loops) throws Exception {
        @Nullable Object value = null;
        long begin = System.nanoTime();
        for (long loop = 0; loop < loops; loop++) value = task.call();
        long took = System.nanoTime() - begin;
        kept = value;
        kept = null;
        return took;
    }
}
