"""Runs notebooks with papermill, each into FOLDER, two at a time; one of them with a parameter.

    python execute.py FOLDER NOTEBOOK...

The parameter: the notebook in FOLDER that is called parameters.ipynb, if it is one of them, is run with `workers` = 3.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import papermill
from papermill.translators import Translator, papermill_translators


class JavaTranslator(Translator):
    """How a parameter is written in Java, for which papermill has no translator of its own."""

    @classmethod
    def assign(cls, name: str, value: str) -> str:
        return f"var {name} = {value};"

    @classmethod
    def comment(cls, text: str) -> str:
        return f"// {text}".strip()


def execute(notebook: Path, folder: Path) -> None:
    papermill_translators.register("java", JavaTranslator)
    papermill.execute_notebook(
        notebook,
        folder / f"{notebook.stem}-executed.ipynb",
        parameters={"workers": 3} if notebook.name == "parameters.ipynb" else None,
        kernel_name="weft",
        progress_bar=False,
        log_output=False,
        cwd=notebook.parent,
        raise_on_iopub_timeout=True,
    )


def main() -> None:
    folder, *notebooks = map(Path, sys.argv[1:])
    with ProcessPoolExecutor(2) as pool:
        for done in [pool.submit(execute, notebook, folder) for notebook in notebooks]:
            done.result()


if __name__ == "__main__":
    main()
