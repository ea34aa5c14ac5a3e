#!/usr/bin/env python3
"""What the stop checks in cells cost on hot loops: the same Java in a cell and in a program of its own, in turns.

    python benchmarks/stop_checks.py --kernel weft --rounds 5

Every loop is timed by itself, warmed, in CPU time of its thread; the least of some runs counts, since other work on
the machine only adds to it. The program runs with the kernel's own JVM options.
"""

import argparse
import re
import statistics
import subprocess
import tempfile
from pathlib import Path

from jupyter_client.manager import KernelManager, start_new_kernel

LOOPS = """
static long nested() { long s = 0; for (int i = 0; i < 20_000; i++) for (int k = 0; k < 20_000; k++) s += i ^ k; return s; }
static long array() { int[] a = new int[1 << 20]; long s = 0; for (int r = 0; r < 300; r++) for (int i = 0; i < a.length; i++) s += a[i] += i; return s; }
static long fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
static long fib() { return fib(38); }
static long collatz() { long m = 0; for (int i = 1; i < 400_000; i++) { long n = i, c = 0; while (n != 1) { n = (n & 1) == 0 ? n / 2 : 3 * n + 1; c++; } m = Math.max(m, c); } return m; }
static long stream() { return java.util.stream.LongStream.range(0, 100_000_000).map(n -> n * n).sum(); }
static long map() { var m = new java.util.HashMap<Integer, Integer>(); for (int i = 0; i < 2_000_000; i++) m.merge(i & 1023, 1, Integer::sum); return m.size(); }
static void time(String name, java.util.function.LongSupplier loop) {
    var threads = (java.lang.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int run = 0; run < 9; run++) { long begun = threads.getCurrentThreadCpuTime(); loop.getAsLong(); least = Math.min(least, threads.getCurrentThreadCpuTime() - begun); }
    System.out.println(name + " " + least / 1e6);
}
"""
NAMES = ["nested", "array", "fib", "collatz", "stream", "map"]


def figures(printed: str) -> dict[str, float]:
    return {name: float(ms) for name, ms in re.findall(r"^(\w+) ([\d.E+-]+)$", printed, re.M)}


def in_program(options: list[str], folder: Path) -> dict[str, float]:
    calls = "".join(f'time("{name}", Loops::{name});' for name in NAMES)
    source = folder / "Loops.java"
    source.write_text(f"public class Loops {{ {LOOPS} public static void main(String[] a) {{ {calls} }} }}")
    command = [*options, str(source)]
    return figures(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def in_cell(name: str) -> dict[str, float]:
    manager, client = start_new_kernel(kernel_name=name)
    try:
        printed: list[str] = []
        calls = "".join(f'time("{name}", () -> Loops.{name}());' for name in NAMES)
        for cell in (f"class Loops {{ {LOOPS} }}", calls.replace("time(", "Loops.time(")):
            client.execute_interactive(
                cell, timeout=300, output_hook=lambda m: printed.append(m["content"].get("text", str(m["content"].get("traceback", ""))))
            )
        return figures("".join(printed))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", default="weft", help="the kernelspec's name (default: weft)")
    parser.add_argument("--rounds", type=int, default=5, help="pairs of runs (default: 5)")
    options = parser.parse_args()
    argv = KernelManager(kernel_name=options.kernel).kernel_spec.argv
    jvm = [part for part in argv[: argv.index("-cp")] if not part.startswith("-XX:AOT")]
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(options.rounds):
            pairs.append((in_cell(options.kernel), in_program(jvm, Path(folder))))
    print(f"{'loop':10} {'cell, ms':>10} {'program, ms':>12} {'ratio':>7}")
    for name in NAMES:
        cell, program = (min(pair[side][name] for pair in pairs) for side in (0, 1))
        ratios = statistics.median(pair[0][name] / pair[1][name] for pair in pairs)
        print(f"{name:10} {cell:10.1f} {program:12.1f} {cell / program:7.3f}   (median of the pairs {ratios:.3f})")


if __name__ == "__main__":
    main()
