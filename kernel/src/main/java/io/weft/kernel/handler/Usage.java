package io.weft.kernel.handler;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What the kernel and its child processes, such as workers, take of the machine.
///
/// On Linux the numbers are read from `/proc`. Elsewhere the memory is that of the kernel's JVM alone, since the JDK
/// does not tell that of another process. Safe for use by many threads.
final class Usage {
    private static final long KIBIBYTE = 1024;

    /// Processor time by process, when it was looked at last.
    private Map<Long, Duration> before = Map.of();

    private long beforeNanos = System.nanoTime();

    /// The answer to a usage request. Processor use is that since the answer before.
    synchronized Map<String, Object> measure() {
        List<ProcessHandle> processes = Stream.concat(
                        Stream.of(ProcessHandle.current()),
                        ProcessHandle.current().descendants())
                .toList();
        var usage = new LinkedHashMap<String, Object>();
        usage.put("hostname", hostname());
        usage.put("pid", ProcessHandle.current().pid());
        usage.put("kernel_cpu", processorPercent(processes));
        usage.put("kernel_memory", memoryBytes(processes));
        double host = system().getCpuLoad();
        if (host > 0) {
            usage.put("host_cpu_percent", rounded(host * 100));
        }
        usage.put("cpu_count", Runtime.getRuntime().availableProcessors());
        usage.put("host_virtual_memory", hostMemory());
        return usage;
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            return "localhost";
        }
    }

    /// Percent of one processor, all processes together.
    private double processorPercent(List<ProcessHandle> processes) {
        long now = System.nanoTime();
        var times = new HashMap<Long, Duration>();
        long used = 0;
        for (ProcessHandle process : processes) {
            Optional<Duration> time = process.info().totalCpuDuration();
            if (time.isPresent()) {
                times.put(process.pid(), time.get());
                Duration earlier = before.get(process.pid());
                used += earlier == null
                        ? 0
                        : Math.max(0, time.get().minus(earlier).toNanos());
            }
        }
        long passed = Math.max(1, now - beforeNanos);
        before = times;
        beforeNanos = now;
        return rounded(100.0 * used / passed);
    }

    private static long memoryBytes(List<ProcessHandle> processes) {
        long bytes = 0;
        boolean known = false;
        for (ProcessHandle process : processes) {
            OptionalLong own = memoryBytes(process.pid());
            known |= own.isPresent();
            bytes += own.orElse(0);
        }
        return known ? bytes : ownMemoryBytes();
    }

    /// A process's memory, shared pages divided among those that share them; all of them where that is not told.
    private static OptionalLong memoryBytes(long pid) {
        OptionalLong proportional = field(Path.of("/proc", String.valueOf(pid), "smaps_rollup"), "Pss");
        return proportional.isPresent()
                ? proportional
                : field(Path.of("/proc", String.valueOf(pid), "status"), "VmRSS");
    }

    private static OptionalLong field(Path file, String name) {
        Long bytes = fields(file).get(name);
        return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes);
    }

    private static long ownMemoryBytes() {
        var memory = ManagementFactory.getMemoryMXBean();
        return memory.getHeapMemoryUsage().getCommitted()
                + memory.getNonHeapMemoryUsage().getCommitted();
    }

    private static Map<String, Object> hostMemory() {
        Map<String, Long> told = fields(Path.of("/proc/meminfo"));
        long total = told.getOrDefault("MemTotal", system().getTotalMemorySize());
        long free = told.getOrDefault("MemFree", system().getFreeMemorySize());
        long available = told.getOrDefault("MemAvailable", free);
        var memory = new LinkedHashMap<String, Object>();
        memory.put("total", total);
        memory.put("available", available);
        memory.put("percent", total == 0 ? 0.0 : rounded(100.0 * (total - available) / total));
        memory.put("used", total - available);
        memory.put("free", free);
        Map.of(
                        "active", "Active",
                        "inactive", "Inactive",
                        "buffers", "Buffers",
                        "cached", "Cached",
                        "shared", "Shmem",
                        "slab", "Slab")
                .forEach((name, field) -> {
                    @Nullable Long bytes = told.get(field);
                    if (bytes != null) {
                        memory.put(name, bytes);
                    }
                });
        return memory;
    }

    /// The fields of a file of lines such as `Pss: 12 kB`, in bytes; none where it cannot be read.
    private static Map<String, Long> fields(Path file) {
        var fields = new HashMap<String, Long>();
        try {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split(":?\\s+", -1);
                if (words.length == 3 && words[2].equals("kB") && words[1].matches("\\d{1,15}")) {
                    fields.put(words[0], Long.parseLong(words[1]) * KIBIBYTE);
                }
            }
        } catch (IOException | SecurityException _) {
            // no such file on this system, or not for us
        }
        return fields;
    }

    private static com.sun.management.OperatingSystemMXBean system() {
        return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    }

    private static double rounded(double percent) {
        return Math.round(percent * 10) / 10.0;
    }
}
