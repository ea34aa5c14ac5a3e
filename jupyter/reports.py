"""Runs every notebook of a folder from top to bottom and writes each as a page of its own.

    python reports.py NOTEBOOKS OUT

For each notebook OUT gets NAME.html, which shows everything without script or network, and
NAME.ipynb, the notebook with its outputs; index.html lists them. A notebook that fails is written
as far as it came, and the others are still run. Exit code 0: all ran; 1: at least one failed.
"""

from __future__ import annotations

import base64
import datetime
import html
import mimetypes
import os
import platform
import re
import sys
import time
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbconvert import HTMLExporter
from pygments.formatters import HtmlFormatter
from traitlets.config import Config

KERNEL = "weft"
CELL_SECONDS = 300
START_SECONDS = 120
HERE = Path(__file__).resolve().parent
TEMPLATE = HERE / "report-template"


@dataclass(frozen=True)
class Report:
    """What became of one notebook: `failure` is None where every cell ran."""

    name: str
    title: str
    cells: int
    seconds: float
    failure: str | None


def run(notebook, folder: Path) -> str | None:
    """Runs all cells in place; returns what went wrong, naming the cell, or None."""
    running: dict = {}
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        startup_timeout=START_SECONDS,
        kernel_name=KERNEL,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=lambda cell, cell_index: running.update(cell=cell, index=cell_index),
    )
    try:
        client.execute()
        return None
    except CellExecutionError as error:
        return f"cell {number(notebook, running)} failed with {error.ename}: {first_line(error.evalue)}"
    except CellTimeoutError:
        return f"cell {number(notebook, running)} did not end within {CELL_SECONDS} s"
    except DeadKernelError:
        where = f"while it ran cell {number(notebook, running)}" if running else "before the first cell"
        return f"the kernel died {where}"
    except RuntimeError as error:
        return f"the kernel did not start: {first_line(str(error))}"


def number(notebook, running: dict) -> str:
    """The cell as a reader finds it: the n-th code cell, and its first line."""
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    position = next(n for n, cell in enumerate(code_cells, start=1) if cell is running["cell"])
    return f"[{position}] “{first_line(running['cell'].source)}”"


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
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n.highlight {{ background: none; }}\n{page}"


def provenance(notebook) -> str:
    java = notebook.metadata.get("language_info", {}).get("version", "?")
    cores = os.cpu_count()
    today = datetime.date.today().isoformat()
    return f"Java {java} · {platform.system()} {platform.machine()} · {cores} cores · {today}"


def for_pages(notebook, folder: Path):
    """A copy whose links between notebooks lead to their pages, and that has its images in it."""

    def target(match: re.Match) -> str:
        file = folder / match["path"]
        image = mimetypes.guess_type(file.name)[0] or ""
        if image.startswith("image/") and file.is_file():
            return f"](data:{image};base64,{base64.b64encode(file.read_bytes()).decode()})"
        if file.suffix == ".ipynb" and file.parent == folder:
            return f"]({file.stem}.html{match['anchor'] or ''})"
        return match[0]

    copy = deepcopy(notebook)
    for cell in copy.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"\]\((?P<path>[^():#\s]+)(?P<anchor>#[^()\s]*)?\)", target, cell.source)
    return copy


def page(notebook, report: Report, folder: Path) -> str:
    # nbconvert's own embed_images would close every <details> before what it should hide
    exporter = HTMLExporter(
        template_name=TEMPLATE.name,
        extra_template_basedirs=[str(HERE)],
        config=Config({"CSSHTMLHeaderPreprocessor": {"enabled": False}}),
    )
    shown = {
        "title": report.title,
        "style": style(),
        "provenance": provenance(notebook),
        "failure": report.failure and f"This notebook did not run to its end: {report.failure}.",
    }
    body, _ = exporter.from_notebook_node(for_pages(notebook, folder), resources={"report": shown})
    return body


def index(reports: list[Report]) -> str:
    rows = "\n".join(
        f'<tr><td><a href="{html.escape(report.name)}.html">{html.escape(report.title)}</a></td>'
        f"<td>{report.cells}</td><td>{report.seconds:.1f} s</td>"
        f"<td>{html.escape(report.failure) if report.failure else 'ran to its end'}</td></tr>"
        for report in reports
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Weft: the notebooks</title>
<link rel="icon" href="data:,">
<style>
{style()}
</style>
</head>
<body>
<main>
<h1>The notebooks</h1>
<table>
<tr><th>Notebook</th><th>Code cells</th><th>Time</th><th>Result</th></tr>
{rows}
</table>
</main>
</body>
</html>
"""


def main(folder: Path, out: Path) -> int:
    out.mkdir(parents=True, exist_ok=True)
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        print(f"weft: there is no notebook in {folder}", file=sys.stderr)
        return 1
    reports = []
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        print(f"weft: {path.name} ", end="", flush=True)
        begin = time.monotonic()
        try:
            failure = run(notebook, folder)
        except NoSuchKernel:
            print(f"\nweft: Jupyter knows no kernel named {KERNEL}; run install.sh first", file=sys.stderr)
            return 1
        cells = sum(cell.cell_type == "code" for cell in notebook.cells)
        report = Report(path.stem, title(notebook, path.stem), cells, time.monotonic() - begin, failure)
        print(f"{report.seconds:.1f} s: {failure or 'ok'}", flush=True)
        reports.append(report)
        (out / f"{path.stem}.html").write_text(page(notebook, report, folder), encoding="utf-8")
        nbformat.write(notebook, out / path.name)
    (out / "index.html").write_text(index(reports), encoding="utf-8")
    failed = [report.name for report in reports if report.failure]
    print(f"weft: {len(reports)} pages in {out}; open {out / 'index.html'}")
    if failed:
        print(f"weft: {len(failed)} of them did not run to the end: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()))
