"""Runs every notebook of a folder from top to bottom and writes each as a page of its own.

    python reports.py [--jobs N] NOTEBOOKS OUT

For each notebook of the folder, and of its folder `solutions`, OUT gets NAME.html, which shows
everything without script or network, and NAME.ipynb, the notebook with its outputs; index.html
lists them. N notebooks run at a time (2, or 1 where there is one core); those whose metadata says
`"weft": {"alone": true}` run after the others, one by one. A notebook that fails is written as far
as it came, and the others are still run; one that cannot be read is only listed. After Ctrl-C, what
had ended is listed and nothing else written. Exit code 0: all ran; 1: at least one failed; 2: OUT
cannot be written; 130: stopped.
"""

from __future__ import annotations

import argparse
import asyncio
import atexit
import base64
import contextlib
import datetime
import html
import mimetypes
import os
import platform
import queue
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":  # what is imported below takes seconds; until it is here, Ctrl-C just ends the program
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter
from nbconvert.filters.ansi import ansi2html
from nbconvert.preprocessors.coalescestreams import CoalesceStreamsPreprocessor
from pygments.formatters import HtmlFormatter
from traitlets.config import Config

KERNEL = "weft"
CELL_SECONDS = 300
START_SECONDS = 120
# after the last cell: until nothing has come for so long, but no longer than that
SILENCE_SECONDS = 0.1
LAST_WORDS_SECONDS = 1
OUTPUTS = ("stream", "display_data", "update_display_data")
# longer output is folded; its first lines stay in sight
FOLDED_LINES = 40
LINES_IN_SIGHT = 15
# narrower text needs no scrolling even on a phone
PHONE_COLUMNS = 34
HERE = Path(__file__).resolve().parent
TEMPLATE = HERE / "report-template"


@dataclass(frozen=True)
class Report:
    """What became of one notebook: `failure` is None where every cell ran, `has_page` False where it cannot be read."""

    name: str
    title: str
    cells: int
    seconds: float
    provenance: str
    failure: str | None
    has_page: bool = True


class Stopped(Exception):
    """Somebody stopped all notebooks before this one had ended."""


class Client(NotebookClient):
    """Runs one notebook, from a thread of its own. What a cell shows after its end belongs to that cell,
    as it does in JupyterLab, where nbclient alone would drop it.
    """

    def __init__(self, notebook, **options) -> None:
        super().__init__(notebook, on_cell_start=self._starts, **options)
        self.kernel_info: dict = {}
        self.running: tuple | None = None
        self._cells: dict[str, tuple] = {}

    def _starts(self, cell, cell_index) -> None:
        self.running = cell, cell_index

    async def async_execute_cell(self, cell, cell_index, *args, **options):
        executed = await super().async_execute_cell(cell, cell_index, *args, **options)
        if cell_index == len(self.nb.cells) - 1:
            self.running = None
            await self._hear_the_last()
        return executed

    async def _hear_the_last(self) -> None:
        end = time.monotonic() + LAST_WORDS_SECONDS
        with contextlib.suppress(queue.Empty):
            while time.monotonic() < end:
                await self.kc.iopub_channel.get_msg(timeout=SILENCE_SECONDS)

    async def async_start_new_kernel_client(self):
        client = await super().async_start_new_kernel_client()
        channel = client.iopub_channel
        receive = channel.get_msg

        async def get_msg(*args, **options):
            message = await receive(*args, **options)
            self._hear(message)
            return message

        channel.get_msg = get_msg
        return client

    def _hear(self, message) -> None:
        parent = message["parent_header"].get("msg_id")
        if message["msg_type"] == "execute_input":
            self._cells[parent] = self.running
        cell = self._cells.get(parent)
        if cell is not None and cell is not self.running and message["msg_type"] in OUTPUTS:
            self.process_message(message, *cell)

    async def async_wait_for_reply(self, msg_id, cell=None):
        reply = await super().async_wait_for_reply(msg_id, cell)
        if reply is not None and reply["msg_type"] == "kernel_info_reply":
            self.kernel_info = reply["content"]
        return reply


class Runs:
    """The notebooks that run now; `cancel` ends them all with their kernels."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tasks: dict[asyncio.Task, asyncio.AbstractEventLoop] = {}
        self._cancelled = False

    def execute(self, client: Client) -> None:
        try:
            asyncio.run(self._execute(client))
        except (Exception, asyncio.CancelledError):
            # whatever nbclient makes of it, such as a dead kernel
            if self._cancelled:
                raise Stopped from None
            raise

    async def _execute(self, client: Client) -> None:
        task = asyncio.current_task()
        assert task is not None
        with self._lock:
            if self._cancelled:
                raise asyncio.CancelledError
            self._tasks[task] = asyncio.get_running_loop()
        try:
            await client.async_execute()
        finally:
            with self._lock:
                del self._tasks[task]
            if client.km is not None and client.km.has_kernel:  # cancelled while the kernel started
                await client.km.shutdown_kernel(now=True)
            atexit.unregister(client._cleanup_kernel)

    def cancel(self) -> None:
        with self._lock:
            self._cancelled = True
            for task, loop in self._tasks.items():
                loop.call_soon_threadsafe(task.cancel)


def run(notebook, folder: Path, runs: Runs) -> tuple[str | None, dict]:
    """Runs all cells in place; returns what went wrong, naming the cell, or None, and the kernel's own words."""
    client = Client(
        notebook,
        timeout=CELL_SECONDS,
        startup_timeout=START_SECONDS,
        kernel_name=KERNEL,
        resources={"metadata": {"path": str(folder)}},
    )
    failure = None
    try:
        runs.execute(client)
    except Stopped:
        raise
    except CellExecutionError as error:
        failure = f"cell {number(client, failed=True)} failed with {error.ename}: {first_line(error.evalue)}"
    except CellTimeoutError:
        failure = f"cell {number(client)} did not end within {CELL_SECONDS} s"
    except DeadKernelError:
        where = f"while it ran cell {number(client)}" if client.running else "before the first cell"
        failure = f"the kernel died {where}"
    except RuntimeError as error:
        failure = f"the kernel did not start: {first_line(str(error))}"
    except Exception as error:  # whatever nbclient stumbles over: the other notebooks have their reports all the same
        where = f"cell {number(client)}" if client.running else "the notebook"
        failure = f"{where} could not be run: {type(error).__name__}: {first_line(str(error))}"
    # only now: nbclient finds displays by their place among the outputs
    CoalesceStreamsPreprocessor().preprocess(notebook, {})
    return failure, client.kernel_info


def number(client: Client, failed: bool = False) -> str:
    """The cell that runs, as a reader finds it: the n-th code cell, and its first line or the one that failed."""
    assert client.running is not None
    running, _ = client.running
    code_cells = [cell for cell in client.nb.cells if cell.cell_type == "code"]
    position = next(n for n, cell in enumerate(code_cells, start=1) if cell is running)
    line = failed_line(running) if failed else ""
    return f"[{position}] “{line or first_line(running.source)}”"


def failed_line(cell) -> str:
    """The line of a cell that its traceback names first; empty if it names none."""
    traces = [line for output in cell.outputs if output.output_type == "error" for line in output.traceback]
    text = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(traces))
    # a frame, or the place of a compiler's error
    place = re.search(rf"^(?: *at .*\b)?cell {cell.execution_count}, line (\d+)", text, flags=re.MULTILINE)
    lines = cell.source.splitlines()
    return lines[int(place[1]) - 1].strip() if place and int(place[1]) <= len(lines) else ""


def first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def title(notebook, name: str) -> str:
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("# "):
            return first_line(cell.source).removeprefix("# ").replace("`", "")
    return name


def style() -> str:
    light = HtmlFormatter(style="default").get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    page = (TEMPLATE / "style.css").read_text(encoding="utf-8")
    return (
        f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
        f".highlight {{ background: none; }}\n{page}"
    )


def cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


def provenance(kernel_info: dict) -> str:
    java = kernel_info.get("language_info", {}).get("version", "?")
    weft = kernel_info.get("implementation_version", "?")
    count = cores()
    return " · ".join(
        [
            f"JDK {java}",
            f"Weft {weft}",
            f"{platform.system()} {platform.machine()}",
            "1 core" if count == 1 else f"{count} cores",
            datetime.date.today().isoformat(),
        ]
    )


def for_pages(notebook, folder: Path, notebooks: set[Path]):
    """A copy whose links between notebooks lead to their pages, and that has its images in it."""

    def target(match: re.Match) -> str:
        file = folder / match["path"]
        image = mimetypes.guess_type(file.name)[0] or ""
        if image.startswith("image/") and file.is_file():
            return f"](data:{image};base64,{base64.b64encode(file.read_bytes()).decode()})"
        if file.resolve() in notebooks:
            return f"]({match['path'].removesuffix('.ipynb')}.html{match['anchor'] or ''})"
        return match[0]

    copy = deepcopy(notebook)
    for cell in copy.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"\]\((?P<path>[^():#\s]+)(?P<anchor>#[^()\s]*)?\)", target, cell.source)
    return copy


def reachable(width: int) -> str:
    """What lets a reader without a mouse scroll text of so many columns, where that can be necessary."""
    return ' tabindex="0"' if width > PHONE_COLUMNS else ""


def pre(text: str, wrapped: bool = False) -> str:
    """Printed text: in lines as they are where something is aligned in columns, else in lines that fit the page."""
    if wrapped or not re.search(r"\S {2,}\S|^ ", text, flags=re.MULTILINE):
        return f'<pre class="prose">{ansi2html(text)}</pre>'
    return f"<pre{reachable(max(map(len, text.splitlines()), default=0))}>{ansi2html(text)}</pre>"


def folded(text: str, wrapped: bool = False) -> str:
    """Text that a program printed; only the first lines of what is long are in sight."""
    lines = text.rstrip("\n").split("\n")
    if len(lines) <= FOLDED_LINES:
        return pre(text, wrapped)
    rest = lines[LINES_IN_SIGHT:]
    return (
        f"{pre(chr(10).join(lines[:LINES_IN_SIGHT]), wrapped)}"
        f"<details><summary>… {len(rest):,} more lines</summary>{pre(chr(10).join(rest), wrapped)}</details>"
    )


def framed_tables(source: str) -> str:
    """HTML whose tables scroll by themselves where the page is too narrow for them."""
    framed = re.sub(r"<table\b", '<div class="wide" tabindex="0"><table', source)
    return re.sub(r"</table\s*>", "</table></div>", framed)


def page(notebook, report: Report, folder: Path, notebooks: set[Path]) -> str:
    # nbconvert's own embed_images would close every <details> before what it should hide
    exporter = HTMLExporter(
        template_name=TEMPLATE.name,
        extra_template_basedirs=[str(HERE)],
        config=Config({"CSSHTMLHeaderPreprocessor": {"enabled": False}}),
        filters={"folded": folded, "framed_tables": framed_tables},
    )
    shown = {
        "title": report.title,
        "style": style(),
        "provenance": report.provenance,
        "index": "../index.html" if "/" in report.name else "index.html",
        "failure": report.failure and f"This notebook did not run to its end: {report.failure}.",
    }
    body, _ = exporter.from_notebook_node(for_pages(notebook, folder, notebooks), resources={"report": shown})
    # code is as wide as it is; Pygments' block of it scrolls
    return re.sub(
        r'(<div class="highlight[^>]*>)<pre>(.*?)</pre>',
        lambda match: f"{match[1]}<pre{reachable(columns(match[2]))}>{match[2]}</pre>",
        body,
        flags=re.DOTALL,
    )


def columns(source: str) -> int:
    return max(map(len, html.unescape(re.sub(r"<[^>]*>", "", source)).splitlines()), default=0)


def index(reports: list[Report]) -> str:
    def row(report: Report) -> str:
        name, cells, seconds = html.escape(report.title), "–", "–"
        if report.has_page:
            name = f'<a href="{html.escape(report.name)}.html">{name}</a>'
            cells, seconds = report.cells, f"{report.seconds:.1f}\u00a0s"
        return (
            f"<tr><td>{name}</td><td>{cells}</td><td>{seconds}</td>"
            f"<td>{html.escape(report.failure) if report.failure else 'ran to its end'}</td></tr>"
        )

    def table(some: list[Report]) -> str:
        return (
            '<div class="wide" tabindex="0"><table>\n<tr><th>Notebook</th><th>Code cells</th><th>Time</th>'
            f"<th>Result</th></tr>\n{chr(10).join(map(row, some))}\n</table></div>"
        )

    notebooks = [report for report in reports if "/" not in report.name]
    solutions = [report for report in reports if "/" in report.name]
    facts = next((report.provenance for report in reports if report.provenance), "")
    solved = f"<h2>Solutions of the exercises</h2>\n{table(solutions)}" if solutions else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Weft: the notebooks</title>
<link rel="icon" href="data:,">
<style>
{style()}
</style>
</head>
<body>
<header>
<span>Weft, concurrent Java in notebooks</span>
<span>{html.escape(facts)}</span>
</header>
<main>
<h1>The notebooks</h1>
{table(notebooks)}
{solved}
</main>
</body>
</html>
"""


class Progress:
    """Tells how far the notebooks have come: in a terminal a bar that moves, elsewhere a line for each that ends."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._running: list[str] = []
        self._begin = time.monotonic()
        self._bar = sys.stdout.isatty()
        self._lock = threading.Lock()

    def began(self, name: str) -> None:
        with self._lock:
            self._running.append(name)
            self._draw()

    def ended(self, name: str, outcome: str) -> None:
        with self._lock:
            self._running.remove(name)
            self._done += 1
            self._erase()
            print(f"weft: {name}.ipynb {outcome}", flush=True)
            self._draw()

    def stopped(self, name: str) -> None:
        with self._lock:
            self._running.remove(name)
            self._erase()
            print(f"weft: {name}.ipynb stopped", flush=True)
            self._draw()

    def over(self) -> None:
        with self._lock:
            self._erase()
            self._bar = False

    def _erase(self) -> None:
        if self._bar:
            print("\r\033[K", end="")

    def _draw(self) -> None:
        if not self._bar:
            return
        filled = 24 * self._done // self._total
        seconds = time.monotonic() - self._begin
        left = f", about {seconds / self._done * (self._total - self._done):.0f} s left" if self._done else ""
        line = (
            f"[{'#' * filled}{'.' * (24 - filled)}] {self._done} of {self._total}"
            f"{left}  {', '.join(self._running)}"
        )
        print(f"\r\033[K{line[: shutil.get_terminal_size().columns - 1]}", end="", flush=True)


class Folder:
    """The notebooks of one folder on their way to their pages."""

    def __init__(self, folder: Path, out: Path) -> None:
        self._folder = folder
        self._out = out
        self.paths = sorted(folder.glob("*.ipynb")) + sorted(folder.glob("solutions/*.ipynb"))
        self._resolved = {path.resolve() for path in self.paths}
        self._runs = Runs()
        self._done: dict[Path, Report] = {}

    @property
    def reports(self) -> list[Report]:
        """Those that have ended, in the order of the names."""
        return [self._done[path] for path in self.paths if path in self._done]

    def prepare(self) -> None:
        """Makes the folders of the pages, and sees whether files can be made there."""
        for folder in sorted({self._out / path.parent.relative_to(self._folder) for path in self.paths} | {self._out}):
            try:
                folder.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryFile(dir=folder):
                    pass
            except FileExistsError as error:
                raise NotADirectoryError(error.errno, "it is a file, not a folder", str(folder)) from None
            except OSError as error:
                raise OSError(error.errno, error.strerror, str(folder)) from None

    def run(self, jobs: int) -> None:
        """Runs all, until somebody interrupts it."""
        progress = Progress(len(self.paths))
        notebooks = {}
        try:
            for path in self.paths:
                try:
                    notebooks[path] = read(path)
                except Exception as error:  # whatever nbformat stumbles over
                    self._refuse(path, f"it cannot be read: {first_line(str(error))}", progress)
            alone = [path for path, notebook in notebooks.items() if notebook.metadata.get("weft", {}).get("alone")]
            together = [path for path in notebooks if path not in alone]
            for paths, at_a_time in ((together, jobs), (alone, 1)):
                self._run_some({path: notebooks[path] for path in paths}, at_a_time, progress)
        finally:
            progress.over()

    def _run_some(self, notebooks: dict, at_a_time: int, progress: Progress) -> None:
        if not notebooks:
            return
        threads = ThreadPoolExecutor(at_a_time)
        try:
            futures = [threads.submit(self._report, path, notebook, progress) for path, notebook in notebooks.items()]
            for future in as_completed(futures):
                future.result()
        except BaseException:
            self._runs.cancel()
            raise
        finally:
            threads.shutdown(wait=True, cancel_futures=True)

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).with_suffix("").as_posix()

    def _refuse(self, path: Path, why: str, progress: Progress) -> None:
        name = self._name(path)
        self._done[path] = Report(name, name, 0, 0.0, "", why, has_page=False)
        progress.began(name)
        progress.ended(name, f"has no page: {why}")

    def _report(self, path: Path, notebook, progress: Progress) -> None:
        name = self._name(path)
        progress.began(name)
        begin = time.monotonic()
        try:
            failure, kernel_info = run(notebook, path.parent, self._runs)
        except Stopped:
            progress.stopped(name)
            return
        seconds = time.monotonic() - begin
        cells = sum(cell.cell_type == "code" for cell in notebook.cells)
        report = Report(name, title(notebook, name), cells, seconds, provenance(kernel_info), failure)
        written = self._out / f"{name}.html"
        written.write_text(page(notebook, report, path.parent, self._resolved), encoding="utf-8")
        nbformat.write(notebook, written.with_suffix(".ipynb"))
        self._done[path] = report
        progress.ended(name, f"{seconds:.1f} s: {failure or 'ok'}")


def read(path: Path):
    """A notebook whose cells can be run."""
    try:
        return nbformat.read(path, as_version=4)
    except (AttributeError, KeyError, TypeError):
        raise ValueError("it is JSON, but not that of a notebook") from None


def main(notebooks: Path, out: Path, jobs: int) -> int:
    folder = Folder(notebooks, out)
    if not folder.paths:
        print(f"weft: there is no notebook in {notebooks}", file=sys.stderr)
        return 1
    if KERNEL not in KernelSpecManager().find_kernel_specs():
        print(f"weft: Jupyter knows no kernel named {KERNEL}; run install.sh first", file=sys.stderr)
        return 1
    stopped = False
    try:
        folder.prepare()
        try:
            folder.run(jobs)
        except KeyboardInterrupt:
            stopped = True
        reports = folder.reports
        if stopped and not reports:
            print("weft: stopped before a notebook had ended", file=sys.stderr)
            return 130
        (out / "index.html").write_text(index(reports), encoding="utf-8")
    except OSError as error:
        print(f"weft: cannot write the pages to {error.filename or out}: {error.strerror or error}", file=sys.stderr)
        return 2
    failed = [report.name for report in reports if report.failure]
    pages = sum(report.has_page for report in reports)
    print(f"weft: {pages} {'page' if pages == 1 else 'pages'} in {out}; open {out / 'index.html'}")
    if failed:
        print(f"weft: {len(failed)} of {len(reports)} did not run to the end: {', '.join(failed)}", file=sys.stderr)
    if stopped:
        print("weft: stopped; what had ended is written and in the index", file=sys.stderr)
        return 130
    return 1 if failed else 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    options.add_argument("notebooks", type=Path, metavar="NOTEBOOKS")
    options.add_argument("out", type=Path, metavar="OUT")
    options.add_argument("--jobs", type=int, default=min(2, cores()), metavar="N")
    given = options.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.exit(main(given.notebooks.resolve(), given.out.resolve(), max(1, given.jobs)))
    except KeyboardInterrupt:
        print("weft: stopped", file=sys.stderr)
        sys.exit(130)
