#!/usr/bin/env python3
"""Measures Jupyter kernels side by side: Weft and any others that are installed.

    python benchmarks/kernels.py --rounds 5 weft jjava=java python3

Each name is a kernelspec's, or LABEL=NAME. All kernels of a round are started one after the other and stay alive
together, and the measures take turns, so that a machine whose speed drifts slows all of them alike. The first kernel
is the one that the ratios are about: above 1 means that it is that many times faster, or smaller, than the other.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty

from jupyter_client.manager import KernelManager

LINES = 100_000
TURN = 25
SHUTDOWN_LIMIT = 30.0


class Language:
    """What to send to kernels of one language, so that all of them do the same work."""

    def __init__(self, name: str) -> None:
        if name not in ("java", "python"):
            raise SystemExit(f"this script knows no cells in {name}, only in java and python")
        self.java = name == "java"

    def pick(self, java: str, python: str) -> str:
        return java if self.java else python

    @property
    def printing(self) -> str:
        return self.pick(
            f'for (int i = 0; i < {LINES}; i++) System.out.println("line " + i);',
            f'for i in range({LINES}): print("line", i)',
        )

    @property
    def endless(self) -> str:
        return self.pick("while (true) Thread.sleep(10);", "import time\nwhile True: time.sleep(0.01)")

    @property
    def completion(self) -> str:
        return self.pick('"abc".sub', '"abc".spl')

    @property
    def inspection(self) -> tuple[str, int]:
        code = self.pick('"abc".substring(1)', '"abc".split("b")')
        return code, code.index("(") - 1

    @property
    def beginning(self) -> str:
        return self.pick("for (int i = 0; i < 3; i++) {", "for i in range(3):")

    def cell(self, i: int) -> str:
        """The i-th of a series of cells, no two alike, which use what the ones before them declared."""
        java = [
            f"int v{i} = {i}; v{i} + 1",
            f"int twice{i}(int n) {{ return 2 * n + {i}; }}\ntwice{i}(v{i - 1})",
            f"record Point{i}(int x, int y) {{ int sum() {{ return x + y; }} }}\nnew Point{i}(v{i - 2}, {i}).sum()",
            f"java.util.stream.IntStream.range(0, {i}).filter(n -> n % 3 == 0).boxed().toList().size()",
            f'var names{i} = new ArrayList<String>();\nfor (int k = 0; k < 3; k++) names{i}.add("n" + k);\nnames{i}',
        ]
        python = [
            f"v{i} = {i}; v{i} + 1",
            f"def twice{i}(n): return 2 * n + {i}\ntwice{i}(v{i - 1})",
            f"class Point{i}:\n    def __init__(self, x, y): self.x, self.y = x, y\n"
            f"    def sum(self): return self.x + self.y\nPoint{i}(v{i - 2}, {i}).sum()",
            f"len([n for n in range({i}) if n % 3 == 0])",
            f'names{i} = []\nfor k in range(3): names{i}.append("n" + str(k))\nnames{i}',
        ]
        return (java if self.java else python)[i % 5]


class Processes:
    """The processes of a kernel: the one that was started and what it started."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def _pids(self) -> list[int]:
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        parents = dict(tuple(map(int, line.split())) for line in listed.splitlines())
        tree, wave = [self.pid], [self.pid]
        while wave:
            wave = [pid for pid, parent in parents.items() if parent in wave and pid not in tree]
            tree += wave
        return tree

    def resident_mb(self) -> float:
        listed = subprocess.run(
            ["ps", "-o", "rss=", "-p", ",".join(map(str, self._pids()))], capture_output=True, text=True, check=False
        ).stdout
        return sum(map(int, listed.split())) / 1024

    def cpu_seconds(self) -> float:
        if not Path("/proc/self/stat").exists():
            return sum(self._cpu_of_ps(pid) for pid in self._pids())
        ticks = 0
        for pid in self._pids():
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    @staticmethod
    def _cpu_of_ps(pid: int) -> float:
        shown = subprocess.run(["ps", "-o", "time=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
        seconds = 0.0
        for part in shown.strip().split(":"):
            seconds = seconds * 60 + float(part or 0)
        return seconds


@dataclass
class Answer:
    """What came back for one cell."""

    seconds: float
    first_output: float = 0.0
    messages: int = 0
    text: list[str] = field(default_factory=list)


class Kernel:
    """One running kernel, as a front end has it."""

    def __init__(self, label: str, name: str) -> None:
        self.label = label
        self.manager = KernelManager(kernel_name=name)
        if self.manager.kernel_spec is None:
            raise SystemExit(f"there is no kernelspec {name}")
        self.language = Language(self.manager.kernel_spec.language)

    def start(self) -> dict[str, float]:
        """Launches it and runs the first cell; times count from the launch."""
        begun = time.perf_counter()
        self.manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self._first_cell(begun)

    def _first_cell(self, begun: float) -> dict[str, float]:
        self.client = self.manager.client()
        self.client.start_channels()
        informed = self._greet() - begun
        self.execute("1+1")
        first = time.perf_counter() - begun
        self.processes = Processes(self.manager.provisioner.process.pid)
        return {"launch to kernel_info, s": informed, "launch to first 1+1, s": first}

    def _greet(self) -> float:
        """Asks for kernel_info until both shell and iopub answer, as front ends do."""
        deadline = time.monotonic() + 60
        informed, heard, asked = 0.0, False, 0.0
        while time.monotonic() < deadline:
            if time.monotonic() - asked > 0.5:
                self.client.kernel_info()
                asked = time.monotonic()
            if not informed and self.client.shell_channel.msg_ready():
                self.client.get_shell_msg(timeout=1)
                informed = time.perf_counter()
            if not heard and self.client.iopub_channel.msg_ready():
                heard = True
            if informed and heard:
                self._drain()
                return informed
            time.sleep(0.001)
        raise SystemExit(f"{self.label} did not answer for a minute")

    def _drain(self) -> None:
        while self.client.shell_channel.msg_ready():
            self.client.get_shell_msg(timeout=1)
        while self.client.iopub_channel.msg_ready():
            self.client.get_iopub_msg(timeout=1)

    def execute(self, code: str, limit: float = 120) -> Answer:
        """Runs a cell and waits for its reply and its idle, which a kernel may lose among many lines."""
        begun = time.perf_counter()
        ident = self.client.execute(code)
        answer = Answer(0.0)
        replied = idle = False
        deadline = begun + limit
        while not (replied and idle):
            if time.perf_counter() > deadline:
                raise SystemExit(f"{self.label} did not finish {code!r} in {limit} s")
            if not replied and self.client.shell_channel.msg_ready():
                replied = self.client.get_shell_msg(timeout=1)["parent_header"].get("msg_id") == ident
            try:
                message = self.client.get_iopub_msg(timeout=2 if replied else 0.05)
            except Empty:
                if replied:
                    break
                continue
            if message["parent_header"].get("msg_id") != ident:
                continue
            kind, content = message["msg_type"], message["content"]
            answer.messages += 1
            answer.seconds = time.perf_counter() - begun
            if kind == "error":
                raise SystemExit(f"{self.label} failed at {code!r}: {content['ename']}: {content['evalue']}")
            if kind == "stream":
                answer.first_output = answer.first_output or time.perf_counter() - begun
                answer.text.append(content["text"])
            if kind == "status" and content["execution_state"] == "idle":
                idle = True
                if not replied:
                    self._reply(ident, limit)
                    replied = True
                    answer.seconds = time.perf_counter() - begun
        return answer

    def _reply(self, ident: str, limit: float) -> dict:
        while True:
            reply = self.client.get_shell_msg(timeout=limit)
            if reply["parent_header"].get("msg_id") == ident:
                return reply["content"]

    def ask(self, question: str) -> float:
        """The seconds until a question about code has its reply."""
        begun = time.perf_counter()
        match question:
            case "complete":
                ident = self.client.complete(self.language.completion)
            case "inspect":
                ident = self.client.inspect(*self.language.inspection)
            case _:
                ident = self.client.is_complete(self.language.beginning)
        content = self._reply(ident, 60)
        seconds = time.perf_counter() - begun
        if question == "complete" and not content["matches"]:
            raise SystemExit(f"{self.label} completes nothing")
        self._drain()
        return seconds

    def interruptible_cell(self) -> None:
        """Starts a cell that never ends, and returns when it runs."""
        ident = self.client.execute(self.language.endless)
        while True:
            message = self.client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") == ident and message["msg_type"] == "execute_input":
                time.sleep(0.3)
                return

    def restart(self) -> float:
        begun = time.perf_counter()
        self.client.stop_channels()
        self._end(restart=True)
        self.manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._first_cell(begun)
        return time.perf_counter() - begun

    def shut_down(self) -> float:
        self.client.stop_channels()
        seconds = self._end(restart=False)
        self.manager.cleanup_resources()
        return seconds

    def _end(self, restart: bool) -> float:
        """Asks the kernel to end and waits until its process is gone."""
        process = self.manager.provisioner.process
        begun = time.perf_counter()
        # as Jupyter does: a cell that runs is interrupted first
        self.manager.interrupt_kernel()
        self.manager.request_shutdown(restart=restart)
        try:
            process.wait(SHUTDOWN_LIMIT)
        except subprocess.TimeoutExpired:
            pass
        seconds = time.perf_counter() - begun
        # lets the manager know, and kills what is still there
        self.manager.shutdown_kernel(now=True, restart=restart)
        return seconds

    def kill(self) -> None:
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)


class Results:
    """The figures of all rounds: measure → kernel → one figure a round."""

    def __init__(self) -> None:
        self.figures: dict[str, dict[str, list[float]]] = {}

    def add(self, measure: str, kernel: Kernel, figure: float) -> None:
        self.figures.setdefault(measure, {}).setdefault(kernel.label, []).append(figure)

    def table(self, labels: list[str]) -> str:
        rows = [["measure", labels[0]] + [cell for label in labels[1:] for cell in (label, "ratio")]]
        for measure, of_kernel in self.figures.items():
            row = [measure, self._shown(of_kernel.get(labels[0], []))]
            for label in labels[1:]:
                row += [self._shown(of_kernel.get(label, [])), self._ratio(of_kernel, labels[0], label)]
            rows.append(row)
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths))) for row in rows]
        return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])

    @staticmethod
    def _shown(figures: list[float]) -> str:
        if not figures:
            return "–"
        middle = statistics.median(figures)
        return f"{middle:,.0f}" if middle >= 1000 or middle == 0 else f"{middle:.3g}"

    @staticmethod
    def _ratio(of_kernel: dict[str, list[float]], first: str, other: str) -> str:
        """The median of the ratios round by round."""
        pairs = [(ours, theirs) for ours, theirs in zip(of_kernel.get(first, []), of_kernel.get(other, [])) if ours > 0]
        return f"{statistics.median(theirs / ours for ours, theirs in pairs):.2f}" if pairs else "–"


def median_ms(seconds: list[float]) -> float:
    return 1000 * statistics.median(seconds)


def measure_round(kernels: list[Kernel], results: Results, options: argparse.Namespace) -> None:
    for kernel in kernels:
        for measure, seconds in kernel.start().items():
            results.add(measure, kernel, seconds)
        results.add("memory after the first cell, MB", kernel, kernel.processes.resident_mb())
    if options.only_start:
        return

    # warm
    times: dict[Kernel, list[float]] = {kernel: [] for kernel in kernels}
    for turn in range(4):
        for kernel in kernels:
            times[kernel] += [kernel.execute("1+1").seconds for _ in range(TURN)]
            if turn == 0:
                results.add("second 1+1, ms", kernel, 1000 * times[kernel][0])
                results.add("1+1 after a few, median of 25, ms", kernel, median_ms(times[kernel]))
    for kernel in kernels:
        results.add("warm 1+1 round trip, ms", kernel, median_ms(times[kernel][TURN:]))
    for question in ("complete", "inspect", "is_complete"):
        for kernel in kernels:
            first = kernel.ask(question)
            later = [kernel.ask(question) for _ in range(20)]
            results.add(f"first {question}, ms", kernel, 1000 * first)
            results.add(f"warm {question}, ms", kernel, median_ms(later[5:]))

    # printing
    for kernel in kernels:
        answer = kernel.execute(kernel.language.printing, 300)
        lines = "".join(answer.text).splitlines()
        expected = {f"line {i}" for i in range(LINES)}
        results.add(f"{LINES:,} printed lines, s", kernel, answer.seconds)
        results.add("… messages", kernel, answer.messages)
        results.add("… lines lost", kernel, len(expected - set(lines)))
        results.add("… first text after, ms", kernel, 1000 * answer.first_output)

    # a long session
    cells: dict[Kernel, list[float]] = {kernel: [] for kernel in kernels}
    for begin in range(0, options.cells, TURN):
        for kernel in kernels:
            numbers = range(begin, min(begin + TURN, options.cells))
            cells[kernel] += [kernel.execute(kernel.language.cell(i)).seconds for i in numbers]
    for kernel in kernels:
        spent = cells[kernel]
        results.add(f"{options.cells} different cells, s", kernel, sum(spent))
        results.add("… the 5th (median of 1–10), ms", kernel, median_ms(spent[:10]))
        results.add("… the last (median of 10), ms", kernel, median_ms(spent[-10:]))
        results.add("… the last ÷ the 5th", kernel, statistics.median(spent[-10:]) / statistics.median(spent[:10]))
        results.add("… 1+1 after them, ms", kernel, median_ms([kernel.execute("1+1").seconds for _ in range(11)]))
        results.add("… memory after them, MB", kernel, kernel.processes.resident_mb())

    # at rest
    time.sleep(2)
    before = {kernel: kernel.processes.cpu_seconds() for kernel in kernels}
    time.sleep(10)
    for kernel in kernels:
        results.add("CPU in 10 s at rest, ms", kernel, 1000 * (kernel.processes.cpu_seconds() - before[kernel]))
        results.add("… memory then, MB", kernel, kernel.processes.resident_mb())

    # the end
    for kernel in kernels:
        results.add("restart to first 1+1, s", kernel, kernel.restart())
        kernel.interruptible_cell()
        results.add("… while a cell runs, s", kernel, kernel.restart())
        results.add("shutdown, s", kernel, kernel.shut_down())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kernels", nargs="*", default=["weft"], metavar="KERNEL", help="a kernelspec's name, or LABEL=NAME")
    parser.add_argument("--rounds", type=int, default=3, help="how often all is measured (default: 3)")
    parser.add_argument("--cells", type=int, default=500, help="how many different cells a session has (default: 500)")
    parser.add_argument("--only-start", action="store_true", help="measure launches only")
    parser.add_argument("--json", type=Path, help="write every figure of every round to this file")
    options = parser.parse_args()
    named = [tuple(given.split("=", 1)) if "=" in given else (given, given) for given in options.kernels]

    # ends as Ctrl-C does: no kernel stays behind, and what was measured so far is shown
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    results = Results()
    try:
        for turn in range(options.rounds):
            kernels = [Kernel(label, name) for label, name in named]
            print(f"round {turn + 1} of {options.rounds}", file=sys.stderr, flush=True)
            try:
                # each kernel is the first of a round as often as the others
                first = turn % len(kernels)
                measure_round(kernels[first:] + kernels[:first], results, options)
            finally:
                for kernel in kernels:
                    kernel.kill()
                if options.json:
                    options.json.write_text(json.dumps(results.figures, indent=1))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
    finally:
        if results.figures:
            print(results.table([label for label, _ in named]))


if __name__ == "__main__":
    try:
        main()
    except Empty:
        raise SystemExit("a kernel did not answer in time")
