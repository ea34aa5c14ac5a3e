package io.weft.magics.notebook;

import com.sun.management.ThreadMXBean;
import io.weft.kernel.display.CellOutput.Stream;
import io.weft.kernel.magic.Cell;
import io.weft.kernel.magic.MagicException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
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

    /// More are not tried: no code that a computer runs is so short.
    private static final long MOST_LOOPS = 1_000_000_000_000L;

    private static final String CALLABLE = "(java.util.concurrent.Callable<Object>) () -> (";

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
            measure(cell, "%timeit", counts, code, "cell " + cell.count() + ", %timeit");
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
            // the first line of the cell is the magic's own
            measure(cell, "%%timeit", counts, "\n" + body, "cell " + cell.count());
            return null;
        }
    }

    private static void measure(Cell cell, String magic, Counts counts, String code, String origin) throws Exception {
        if (code.isBlank())
            throw new MagicException(magic + ": there is no Java to time. " + magic + " --help shows how to call it.");
        if (counts.runs < 1 || counts.loops < 0) throw new MagicException(magic + ": -r and -n must be 1 or more");
        Object task = compiled(cell, code, origin);
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

    /// The code as a task. An expression gives its value, and one of a primitive type gives it without a box, which
    /// would be measured too.
    private static Object compiled(Cell cell, String code, String origin) throws Exception {
        String bare = code.stripTrailing();
        while (bare.endsWith(";")) bare = bare.substring(0, bare.length() - 1).stripTrailing();
        Callable<?> expression;
        try {
            expression = (Callable<?>) cell.evaluate(CALLABLE, bare, "\n)", origin);
        } catch (MagicException noExpression) {
            return Objects.requireNonNull(cell.evaluate("(AutoCloseable) () -> {", code, "\n;}", origin));
        }
        Object value = Objects.requireNonNull(expression).call();
        String supplier = switch (value) {
            case Integer _, Short _, Byte _, Character _ -> "Int";
            case Long _ -> "Long";
            case Double _, Float _ -> "Double";
            case Boolean _ -> "Boolean";
            case null, default -> "";
        };
        if (supplier.isEmpty()) return expression;
        try {
            // only what is no primitive can be compared with null
            cell.evaluate(CALLABLE, bare, "\n) == null", origin);
            return expression;
        } catch (MagicException primitive) {
            return inPrimitives(cell, bare, origin, supplier).orElse(expression);
        }
    }

    private static Optional<Object> inPrimitives(Cell cell, String code, String origin, String supplier)
            throws Exception {
        try {
            return Optional.ofNullable(
                    cell.evaluate("(java.util.function." + supplier + "Supplier) () -> (", code, "\n)", origin));
        } catch (MagicException throwing) {
            // of what throws a checked exception, the box is measured
            return Optional.empty();
        }
    }

    private static void warmUp(Object task) throws Exception {
        long begin = System.nanoTime();
        do run(task, 1);
        while (System.nanoTime() - begin < WARM_UP_NANOS);
    }

    private static long loops(Object task) throws Exception {
        long loops = 1;
        long took = run(task, loops);
        while (took < RUN_NANOS / 10 && loops < MOST_LOOPS) {
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

    private static long run(Object task, long loops) throws Exception {
        long begin = System.nanoTime();
        switch (task) {
            case IntSupplier ints -> {
                for (long loop = 0; loop < loops; loop++) Kept.INT.setOpaque(ints.getAsInt());
            }
            case LongSupplier longs -> {
                for (long loop = 0; loop < loops; loop++) Kept.LONG.setOpaque(longs.getAsLong());
            }
            case DoubleSupplier doubles -> {
                for (long loop = 0; loop < loops; loop++) Kept.DOUBLE.setOpaque(doubles.getAsDouble());
            }
            case BooleanSupplier booleans -> {
                for (long loop = 0; loop < loops; loop++) Kept.BOOLEAN.setOpaque(booleans.getAsBoolean());
            }
            case Callable<?> values -> {
                for (long loop = 0; loop < loops; loop++) Kept.VALUE.setOpaque(values.call());
            }
            case AutoCloseable statements -> {
                for (long loop = 0; loop < loops; loop++) {
                    statements.close();
                    Kept.INT.setOpaque(0);
                }
            }
            default -> throw new IllegalArgumentException(task + " cannot be timed");
        }
        long took = System.nanoTime() - begin;
        Kept.VALUE.setOpaque(null);
        return took;
    }

    /// Where each value goes: what is written here has to be computed, in each loop anew, however clever the JIT is.
    @SuppressWarnings("unused")
    private static final class Kept {
        static final VarHandle INT = field("kept", int.class);
        static final VarHandle LONG = field("keptLong", long.class);
        static final VarHandle DOUBLE = field("keptDouble", double.class);
        static final VarHandle BOOLEAN = field("keptBoolean", boolean.class);
        static final VarHandle VALUE = field("keptValue", Object.class);

        private static int kept;
        private static long keptLong;
        private static double keptDouble;
        private static boolean keptBoolean;
        private static @Nullable Object keptValue;

        private static VarHandle field(String name, Class<?> type) {
            try {
                return MethodHandles.lookup().findStaticVarHandle(Kept.class, name, type);
            } catch (ReflectiveOperationException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
