package io.weft.magics.notebook;

import io.weft.kernel.display.MimeBundle;
import io.weft.kernel.magic.Cell;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/// `%jvm`: the JVM that runs the cells, and how to give it other options.
@Command(description = "Show the JVM that runs the cells: version, memory, options; and how to change them.")
final class JvmMagic implements Callable<Object> {
    private final Cell cell;

    JvmMagic(Cell cell) {
        this.cell = cell;
    }

    @Override
    public @Nullable Object call() {
        var runtime = ManagementFactory.getRuntimeMXBean();
        List<String> options = runtime.getInputArguments();
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        var table = new Table("JVM", "");
        table.row("Java", System.getProperty("java.version") + ", " + System.getProperty("java.vendor"));
        table.row("home", System.getProperty("java.home"));
        table.row("VM", runtime.getVmName() + " " + runtime.getVmVersion());
        table.row(
                "process",
                "pid %d, running for %s"
                        .formatted(
                                runtime.getPid(),
                                Amount.nanos(
                                        Duration.ofMillis(runtime.getUptime()).toNanos())));
        table.row("processors", String.valueOf(Runtime.getRuntime().availableProcessors()));
        table.row(
                "heap",
                "%s used, %s taken, %s at most"
                        .formatted(
                                Amount.bytes(heap.getUsed()),
                                Amount.bytes(heap.getCommitted()),
                                Amount.bytes(heap.getMax())));
        table.row(
                "collectors",
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(GarbageCollectorMXBean::getName)
                        .collect(Collectors.joining(", ")));
        table.row("preview features", options.contains("--enable-preview") ? "on" : "off");
        table.row("options", String.join(" ", options));
        String fromOutside = System.getenv("JDK_JAVA_OPTIONS");
        table.row("JDK_JAVA_OPTIONS", fromOutside == null ? "(not set)" : fromOutside);
        table.row("class path of cells", cell.notebook().classPath().size() + " entries; %classpath lists them");
        MimeBundle shown = table.bundle();
        cell.show(shown);
        cell.show(MimeBundle.text(hint()));
        return null;
    }

    private static String hint() {
        String spec = kernelspec()
                .map(file -> "\"argv\" in " + file)
                .orElse("\"argv\" in the kernelspec (jupyter kernelspec list tells where it is)");
        return """
                A running JVM keeps its options. To change them, put them into the environment variable JDK_JAVA_OPTIONS,
                such as JDK_JAVA_OPTIONS="-Xmx4g --enable-preview", before Jupyter starts, or into "env" beside
                %s; then restart the kernel, which forgets all variables.""".formatted(spec);
    }

    /// The kernel.json of this kernel: an installation has its jars in the folder `lib` beside it.
    private static Optional<Path> kernelspec() {
        try {
            var source = Cell.class.getProtectionDomain().getCodeSource();
            if (source == null) return Optional.empty();
            Path lib = Path.of(source.getLocation().toURI()).getParent();
            Path spec = lib == null ? null : lib.resolveSibling("kernel.json");
            return Optional.ofNullable(spec).filter(Files::exists);
        } catch (URISyntaxException strange) {
            return Optional.empty();
        }
    }
}
