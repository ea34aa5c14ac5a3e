#!/usr/bin/env python3
"""Python's multiprocessing and concurrent.futures beside Weft's library, on the same work, in turns.

    python benchmarks/concurrency.py --rounds 7
    python benchmarks/concurrency.py --only map1e6 apply
    python benchmarks/concurrency.py --curves docs/images

Both sides are programs that stay alive for the whole run; in each round they take turns, measure by measure, and the
side that goes first changes from round to round. A ratio above 1 means that Weft is that many times better. The table
gives the median of the ratios of all rounds, and the ratio of the best figures of either side, which counts for what
takes microseconds: there, whether the other core sleeps makes a factor of three on both sides.

Python's figures are those of its best start method: pools fork, except where the start itself is measured. There, both
programs have been up for a while and have opened pools before: Python's fork server runs, and a spare worker of Weft's
waits, which needs a second after the pool before. The time is that from opening the pool to all results of a short map;
how many workers have started by then is the pool's affair, on either side. A row tells what it takes without the spare.
--curves measures how the cost grows with workers, items and bytes, and draws it.

Needs nothing but Python, and a JDK 25; the library is looked for in magics/concurrent/target, and what draws in
magics/chart/target.
"""

import argparse
import concurrent.futures
import json
import math
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Callable, NamedTuple

HERE = Path(__file__).resolve().parent
MILLION = 1_000_000
HUNDRED_MB = 100_000_000
TRIPS = 1000


class Row(NamedTuple):
    key: str
    title: str
    unit: str
    goal: float
    weft: str = ""  # the measure on Weft's side, if its name is another
    python: str = ""
    rate: bool = False  # more is better

    def of(self, side: str) -> str:
        return getattr(self, side) or self.key


ROWS = [
    Row("start-spawn", "pool of 5 to first result, a spare worker waits; Python: spawn", "ms", 2, weft="start"),
    Row("start-forkserver", "pool of 5 to first result, a spare worker waits; Python: forkserver, which runs", "ms", 1,
        weft="start"),
    Row("start-cold", "pool of 5 to first result, no spare worker; Python: spawn", "ms", 1, python="start-spawn"),
    Row("map10", "map(square, range(10))", "us", 2.5),
    Row("map1e6-int", "map(square, range(1_000_000))", "items/s", 20, rate=True),
    Row("map1e6-record", "map over 1,000,000 records", "items/s", 5, rate=True),
    Row("chunksize1", "map, chunksize 1, 100,000 items", "items/s", 50, rate=True),
    Row("apply-pool", "apply; Python: Pool.apply", "us", 3, weft="apply"),
    Row("apply-executor", "apply; Python: ProcessPoolExecutor.submit", "us", 8, weft="apply"),
    Row("argument", "100 MB argument", "MB/s", 5, rate=True),
    Row("result", "100 MB result", "MB/s", 5, rate=True),
    Row("queue-small", "queue, integers", "items/s", 50, rate=True),
    Row("queue-1k", "queue, 1 KiB", "items/s", 4, rate=True),
    Row("queue-1m", "queue, 1 MiB", "MB/s", 3, rate=True),
    Row("queue-trip", "queue, round trip", "us", 3),
    Row("dict-set", "manager dict set, one client", "us", 2),
    Row("dict-get", "manager dict get, one client", "us", 2),
    Row("dict-set-4", "manager dict set, four clients", "ops/s", 4, rate=True),
    Row("dict-batch", "manager dict, putAll; Python: one by one", "ops/s", 20, python="dict-ops", rate=True),
    Row("lock", "shared lock, nobody else", "ns", 2),
    Row("lock-4", "shared lock, 4 x 100,000 increments", "s", 1),
    Row("thread-trip", "threads: submit and get", "us", 3),
    Row("thread-tasks", "threads: tasks", "items/s", 100, rate=True),
    Row("cpu", "CPU-bound, speed-up by 2 workers", "x", 1.8, rate=True),
]


class Curve(NamedTuple):
    """How a figure grows; each line is its name, whose side it is, and the measure that is told the x."""

    file: str
    title: str
    x: str
    y: str
    xs: list[int]
    lines: list[tuple[str, str, str]]


CURVES = [
    Curve("cost-of-workers", "From opening a pool to its first result", "workers", "ms", [1, 2, 4, 8, 16],
          [("Weft", "weft", "opening"), ("Python, spawn", "python", "opening-spawn"),
           ("Python, forkserver", "python", "opening-forkserver")]),
    Curve("cost-of-sharing", "map(square, range(200_000)), by workers", "workers", "ms", [1, 2, 4, 8, 16],
          [("Weft", "weft", "by-workers"), ("Python", "python", "by-workers")]),
    Curve("cost-of-items", "map(square, range(n)), 2 workers", "items", "ms", [10**n for n in range(1, 8)],
          [("Weft", "weft", "by-items"), ("Python", "python", "by-items")]),
    Curve("cost-of-bytes", "A task with an argument of n bytes, there and back", "bytes", "ms",
          [8, 100, 1000, 10_000, 100_000, 10**6, 10**7, 10**8],
          [("Weft", "weft", "by-bytes"), ("Python", "python", "by-bytes")]),
]
ABSOLUTE = {"cpu"}  # the goal is for Weft's own figure


# ---------------------------------------------------------------------------------- Python's side


class Point(NamedTuple):
    id: int
    value: float


def square(n: int) -> int:
    return n * n


def shift(point: Point) -> Point:
    return Point(point.id + 1, point.value + 1)


def nothing(_: bytes) -> int:
    return len(_)


def some_bytes(n: int) -> bytes:
    return bytes(n)


def collatz(start: int) -> int:
    most = 0
    for i in range(start, start + 1000):
        n, steps = i, 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        most = max(most, steps)
    return most


def follow(pipe, queues, manager_dict, lock, counter) -> None:
    """A process that does what it is told: the other end of queues, managers and locks."""
    queue, there, back = queues
    while True:
        what, count = pipe.recv()
        if what == "trip":
            for _ in range(count):
                back.put(there.get())
        elif what == "dict":
            for i in range(count):
                manager_dict["key"] = i
        elif what == "lock":
            for _ in range(count):
                with lock:
                    counter.value += 1
        else:
            item = {"small": 1, "1k": bytes(1024), "1m": bytes(1 << 20)}[what]
            for i in range(count):
                queue.put(i if what == "small" else item)
        pipe.send("done")


def micros(times: int, step: Callable[[], object]) -> float:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        step()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1e6


def seconds(step: Callable[[], object]) -> float:
    begun = time.perf_counter()
    step()
    return time.perf_counter() - begun


def often(size: int, step: Callable[[], object]) -> float:
    """Milliseconds of a step: the median of many if it is short."""
    return micros(max(1, min(200, 100_000 // size)), step) / 1e3


class Python:
    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.made: dict[str, object] = {}
        self.context = multiprocessing.get_context("fork")

    def once(self, name: str, make: Callable[[], object]):
        if name not in self.made:
            self.made[name] = make()
        return self.made[name]

    def pool(self, workers: int = 0):
        workers = workers or self.workers
        return self.once(f"pool{workers}", lambda: self.context.Pool(workers))

    def measure(self, what: str) -> float:
        name, *size = what.replace("-", "_").split()
        return getattr(self, name)(*map(int, size))

    def opening_spawn(self, workers: int) -> float:
        return self.start("spawn", workers)

    def opening_forkserver(self, workers: int) -> float:
        self.once("forkserver", lambda: self.start("forkserver"))
        return self.start("forkserver", workers)

    def by_workers(self, workers: int) -> float:
        pool = self.pool(workers)
        return seconds(lambda: pool.map(square, range(200_000))) * 1e3

    def by_items(self, items: int) -> float:
        pool = self.pool(2)
        return often(items, lambda: pool.map(square, range(items)))

    def by_bytes(self, size: int) -> float:
        pool, data = self.pool(1), bytes(size)
        return often(size, lambda: pool.apply(nothing, (data,)))

    def start(self, method: str, workers: int = 5) -> float:
        begun = time.perf_counter()
        pool = multiprocessing.get_context(method).Pool(workers)
        assert pool.map(square, range(10))[9] == 81
        taken = time.perf_counter() - begun
        pool.terminate()
        pool.join()
        return taken * 1e3

    def start_spawn(self) -> float:
        return self.start("spawn")

    def start_forkserver(self) -> float:
        self.once("forkserver", lambda: self.start("forkserver"))  # the server itself is there already
        return self.start("forkserver")

    def map10(self) -> float:
        pool = self.pool()
        return micros(TRIPS, lambda: pool.map(square, range(10)))

    def map1e6_int(self) -> float:
        pool = self.pool()
        return MILLION / seconds(lambda: sum(pool.map(square, range(MILLION))))

    def map1e6_record(self) -> float:
        pool = self.pool()
        points = self.once("points", lambda: [Point(i, i * 0.5) for i in range(MILLION)])
        return MILLION / seconds(lambda: sum(point.value for point in pool.map(shift, points)))

    def chunksize1(self) -> float:
        pool = self.pool()
        return 100_000 / seconds(lambda: pool.map(square, range(100_000), 1))

    def apply_pool(self) -> float:
        pool = self.pool()
        return micros(TRIPS, lambda: pool.apply(square, (7,)))

    def apply_executor(self) -> float:
        executor = self.once(
            "executor", lambda: concurrent.futures.ProcessPoolExecutor(self.workers, mp_context=self.context)
        )
        return micros(TRIPS, lambda: executor.submit(square, 7).result())

    def cpu(self) -> float:
        one, two = self.pool(1), self.pool(2)
        items = range(1, 40_000, 1000)
        alone = seconds(lambda: one.map(collatz, items, 1))
        return alone / seconds(lambda: two.map(collatz, items, 1))

    def argument(self) -> float:
        pool, data = self.pool(1), self.once("data", lambda: bytes(HUNDRED_MB))
        return HUNDRED_MB / 1e6 / seconds(lambda: pool.apply(nothing, (data,)))

    def result(self) -> float:
        pool = self.pool(1)
        return HUNDRED_MB / 1e6 / seconds(lambda: pool.apply(some_bytes, (HUNDRED_MB,)))

    def followers(self):
        def make():
            queues = [self.context.Queue() for _ in range(3)]
            shared, lock, counter = self.manager_dict(), self.context.Lock(), self.context.RawValue("i", 0)
            pipes = []
            for _ in range(4):
                ours, theirs = self.context.Pipe()
                self.context.Process(target=follow, args=(theirs, queues, shared, lock, counter), daemon=True).start()
                pipes.append(ours)
            return pipes, queues, lock, counter

        return self.once("followers", make)

    def queue(self, kind: str, count: int) -> float:
        pipes, (queue, _, _), _, _ = self.followers()

        def run() -> None:
            pipes[0].send((kind, count))
            for _ in range(count):
                queue.get()
            pipes[0].recv()

        return count / seconds(run)

    def queue_small(self) -> float:
        return self.queue("small", 100_000)

    def queue_1k(self) -> float:
        return self.queue("1k", 50_000)

    def queue_1m(self) -> float:
        return self.queue("1m", 100) * (1 << 20) / 1e6

    def queue_trip(self) -> float:
        pipes, (_, there, back), _, _ = self.followers()
        pipes[0].send(("trip", TRIPS))

        def trip() -> None:
            there.put(1)
            back.get()

        taken = micros(TRIPS, trip)
        pipes[0].recv()
        return taken

    def manager_dict(self):
        return self.once("dict", lambda: self.once("manager", self.context.Manager).dict())

    def dict_set(self) -> float:
        shared = self.manager_dict()
        return micros(2 * TRIPS, lambda: shared.__setitem__("key", 1))

    def dict_get(self) -> float:
        shared = self.manager_dict()
        shared["key"] = 1
        return micros(2 * TRIPS, lambda: shared["key"])

    def dict_ops(self) -> float:
        shared = self.manager_dict()

        def run() -> None:
            for i in range(10_000):
                shared["key"] = i

        return 10_000 / seconds(run)

    def tell_all(self, what: str, count: int) -> float:
        pipes = self.followers()[0]

        def run() -> None:
            for pipe in pipes:
                pipe.send((what, count))
            for pipe in pipes:
                pipe.recv()

        return seconds(run)

    def dict_set_4(self) -> float:
        return 4 * 5_000 / self.tell_all("dict", 5_000)

    def lock(self) -> float:
        lock = self.followers()[2]

        def run() -> None:
            for _ in range(200_000):
                lock.acquire()
                lock.release()

        return seconds(run) / 200_000 * 1e9

    def lock_4(self) -> float:
        return self.tell_all("lock", 100_000)

    def thread_trip(self) -> float:
        executor = self.once("threads", lambda: concurrent.futures.ThreadPoolExecutor(2))
        return micros(TRIPS, lambda: executor.submit(square, 7).result())

    def thread_tasks(self) -> float:
        executor = self.once("threads", lambda: concurrent.futures.ThreadPoolExecutor(2))
        return 50_000 / seconds(lambda: list(executor.map(square, range(50_000))))


def python_side(workers: int) -> None:
    side = Python(workers)
    for line in sys.stdin:
        print("=", side.measure(line.strip()), flush=True)


# ---------------------------------------------------------------------------------- both


class Side:
    """One of the two programs."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def measure(self, what: str) -> float:
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("= "):
                return float(line[2:])
        raise SystemExit(f"{self.process.args[0]} ended while it measured {what}")

    def end(self) -> None:
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def java_tool(name: str) -> str:
    home = os.environ.get("JAVA_HOME")
    return str(Path(home, "bin", name)) if home else name


def library(named: str) -> str:
    """The library's class path: its jar, or the folder of its classes."""
    if named:
        return named
    built = HERE.parent / "magics" / "concurrent" / "target"
    jars = [jar for jar in built.glob("weft-concurrent-*.jar") if not jar.stem.endswith(("sources", "javadoc"))]
    found = [*jars, built / "classes"]
    if not found[0].exists():
        raise SystemExit(f"no library in {built}: build it with mvn -pl magics/concurrent package, or name it with --library")
    return str(found[0])


def shown(figure: float) -> str:
    if math.isnan(figure):
        return "failed"
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--warm", type=int, default=2, help="rounds before those that count (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="of pools, where not said otherwise (default: %(default)s)")
    parser.add_argument("--only", nargs="+", default=[], metavar="ROW", help="beginnings of the rows' keys")
    parser.add_argument("--library", default="", help="jar or folder of the library's classes")
    parser.add_argument("--java", nargs="*", default=[], help="options for Weft's JVM, without their dashes: Xmx2g")
    parser.add_argument("--list", action="store_true", help="show the keys of the rows")
    parser.add_argument("--json", type=Path, help="write every figure of every round there")
    parser.add_argument("--curves", type=Path, metavar="DIR", help="draw how the cost grows, as SVG files there")
    parser.add_argument("--python-side", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.python_side:
        return python_side(options.workers)
    if options.curves:
        return curves(options)
    rows = [row for row in ROWS if not options.only or row.key.startswith(tuple(options.only))]
    if options.list or not rows:
        print(*(f"{row.key:18}{row.title}" for row in ROWS), sep="\n")
        return None

    with tempfile.TemporaryDirectory() as folder:
        sides = both(options, folder)
        figures = measure(rows, options, sides)
        memory = sides["weft"].measure("idle-memory") if not options.only else math.nan
        for side in sides.values():
            side.end()
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))
    report(rows, figures, memory)
    return None


def both(options: argparse.Namespace, folder: str) -> dict[str, Side]:
    path = library(options.library)
    subprocess.run([java_tool("javac"), "-d", folder, "-cp", path, str(HERE / "Concurrency.java")], check=True)
    java = [java_tool("java"), *("-" + option for option in options.java)]
    return {
        "weft": Side([*java, "-cp", f"{path}{os.pathsep}{folder}", "Concurrency", str(options.workers)]),
        "python": Side([sys.executable, __file__, "--python-side", "--workers", str(options.workers)]),
    }


def curves(options: argparse.Namespace) -> None:
    """Every line of a curve takes its turn at every x, so that all of them see the same machine."""
    figures: dict[tuple[str, str, int], list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        sides = both(options, folder)
        for number in range(-options.warm, options.rounds):
            for curve in CURVES:
                for x in curve.xs:
                    for line, side, what in curve.lines:
                        figure = sides[side].measure(f"{what} {x}")
                        if number >= 0:
                            figures.setdefault((curve.file, line, x), []).append(figure)
            print(f"round {number + 1} of {options.rounds}" if number >= 0 else "warming up", file=sys.stderr)
        for side in sides.values():
            side.end()
        if options.json:
            options.json.write_text(json.dumps([[*key, value] for key, value in figures.items()], indent=1))
        draw(options.curves, figures)


def draw(target: Path, figures: dict[tuple[str, str, int], list[float]]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    path = os.pathsep.join(str(HERE.parent / "magics" / name / "target" / "classes") for name in ("chart",))
    path += os.pathsep + str(HERE.parent / "kernel" / "target" / "classes")
    for curve in CURVES:
        lines = [f"{curve.title}\t{curve.x}\t{curve.y}"]
        for (file, line, x), samples in figures.items():
            if file == curve.file:
                lines.append("\t".join([line, str(x), *map(repr, samples)]))
        drawn = subprocess.run(
            [java_tool("java"), "-cp", path, str(HERE / "Curves.java")],
            input="\n".join(lines), stdout=subprocess.PIPE, text=True, check=True,
        )
        (target / f"{curve.file}.svg").write_text(drawn.stdout, encoding="utf-8")
        print(target / f"{curve.file}.svg")


def measure(rows: list[Row], options: argparse.Namespace, sides: dict[str, Side]) -> dict[str, dict[str, list[float]]]:
    figures = {row.key: {"weft": [], "python": []} for row in rows}
    for number in range(-options.warm, options.rounds):
        for row in rows:
            for name in ("weft", "python") if number % 2 else ("python", "weft"):
                figure = sides[name].measure(row.of(name))
                if number >= 0:
                    figures[row.key][name].append(figure)
        print(f"round {number + 1} of {options.rounds}" if number >= 0 else "warming up", file=sys.stderr)
    return figures


def report(rows: list[Row], figures: dict[str, dict[str, list[float]]], memory: float) -> None:
    print("| Work | unit | Python, median | Weft, median | ratio, median | best with best | goal | |")
    print("|---|---|---|---|---|---|---|---|")
    for row in rows:
        theirs, ours = figures[row.key]["python"], figures[row.key]["weft"]
        best = max if row.rate else min
        ratios = [w / p if row.rate else p / w for p, w in zip(theirs, ours)]
        ratio, at_best = statistics.median(ratios), best(ours) / best(theirs)
        at_best = at_best if row.rate else 1 / at_best
        reached = statistics.median(ours) if row.key in ABSOLUTE else ratio
        print(
            f"| {row.title} | {row.unit} | {shown(statistics.median(theirs))} | {shown(statistics.median(ours))} "
            f"| {ratio:.2f} | {at_best:.2f} | {row.goal:g} | {'yes' if reached >= row.goal else 'no'} |"
        )
    if not math.isnan(memory):
        print(f"\nA worker at rest takes {memory:.0f} MB (its share of pages that workers share).")


if __name__ == "__main__":
    main()
