"""Runs a notebook with papermill and with nbclient, and prints the plain results of both as one line of JSON.

    python execute.py NOTEBOOK FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nbclient
import nbformat
import papermill


def results(notebook: nbformat.NotebookNode) -> list[str]:
    return [
        output["data"]["text/plain"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output["output_type"] == "execute_result"
    ]


def main() -> None:
    notebook, folder = Path(sys.argv[1]), Path(sys.argv[2])
    written = folder / "papermill.ipynb"
    papermill.execute_notebook(
        notebook, written, kernel_name="weft", progress_bar=False, log_output=False, cwd=folder, raise_on_iopub_timeout=True
    )
    by_papermill = results(nbformat.read(written, as_version=4))
    executed = nbformat.read(notebook, as_version=4)
    nbclient.NotebookClient(executed, timeout=120, kernel_name="weft", resources={"metadata": {"path": str(folder)}}).execute()
    print(json.dumps({"papermill": by_papermill, "nbclient": results(executed)}))


if __name__ == "__main__":
    main()
