"""Starts a kernel and worker JVMs, ends the kernel in one way, and prints what is left of them.

    python leftovers.py shutdown|restart|kill|orphan

The kernel is asked to shut down or to restart, or is killed; an orphan is one whose front end is killed.

Prints one line of JSON: the pids that there were, those that are left after the deadline, and the
files that are left in the folders that the kernel had for its temporary files. The folders are this
program's own, so that nothing else on the machine can add to them.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from jupyter_client.manager import start_new_kernel

DEADLINE_SECONDS = 10
CELL = """
%pool three 3
%queue shared
%manager keeper
var process = WorkerProcess.start(() -> { Thread.sleep(600_000); });
var endless = three.applyAsync(() -> { Thread.sleep(600_000); return 1; });
"""
PIDS = "three.map(n -> ProcessHandle.current().pid(), range(6)).stream().distinct().toList()"


def result(client, code: str) -> str:
    """The result of a cell as text; raises with the cell's error if it has one."""
    shown: list[str] = []

    def collect(message):
        content = message["content"]
        if message["msg_type"] == "execute_result":
            shown.append(content["data"]["text/plain"])
        elif message["msg_type"] == "error":
            raise RuntimeError("\n".join(content["traceback"]))

    client.execute_interactive(code, timeout=120, output_hook=collect)
    return "".join(shown)


def alive(processes: list[psutil.Process]) -> list[int]:
    return [p.pid for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def files_in(folder: Path) -> list[str]:
    # the JVM's own performance file goes when the next JVM starts
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if "hsperfdata" not in str(p))


def host() -> None:
    """A front end of its own: starts a kernel with workers, says which, and waits to be killed."""
    manager, client = start_new_kernel(kernel_name="weft", startup_timeout=120)
    result(client, CELL)
    workers = ast.literal_eval(result(client, PIDS))
    print(json.dumps({"kernel": manager.provisioner.process.pid, "workers": workers}), flush=True)
    time.sleep(600)


def orphan() -> None:
    folder = Path(tempfile.mkdtemp(prefix="weft"))
    environment = dict(os.environ)
    environment["TMPDIR"] = environment["XDG_RUNTIME_DIR"] = str(folder)
    environment["JAVA_TOOL_OPTIONS"] = f"-Djava.io.tmpdir={folder}"
    front_end = subprocess.Popen(
        [sys.executable, __file__, "host"], stdout=subprocess.PIPE, text=True, env=environment
    )
    started: list[psutil.Process] = []
    try:
        said = json.loads(front_end.stdout.readline())
        kernel = psutil.Process(said["kernel"])
        children = kernel.children(recursive=True)
        started = [kernel, *children]
        had_files = files_in(folder)
        front_end.kill()
        front_end.wait()
        end = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < end and alive(started):
            time.sleep(0.1)
        print(
            json.dumps(
                {
                    "workers": sorted(set(said["workers"])),
                    "had": sorted(p.pid for p in children),
                    "left": alive(started),
                    "hadFiles": had_files,
                    # the connection file is the front end's own, which had no time to remove it
                    "leftFiles": [name for name in files_in(folder) if not name.endswith(".json")],
                }
            )
        )
    finally:
        front_end.kill()
        for process in started:
            if process.is_running():
                process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def main(way: str) -> None:
    folder = Path(tempfile.mkdtemp(prefix="weft"))
    environment = dict(os.environ)
    environment["TMPDIR"] = environment["XDG_RUNTIME_DIR"] = str(folder)
    environment["JAVA_TOOL_OPTIONS"] = f"-Djava.io.tmpdir={folder}"
    manager, client = start_new_kernel(kernel_name="weft", startup_timeout=120, env=environment)
    try:
        result(client, CELL)
        workers = set(ast.literal_eval(result(client, PIDS)))
        kernel = psutil.Process(manager.provisioner.process.pid)
        children = kernel.children(recursive=True)
        had = sorted(p.pid for p in children)
        had_files = files_in(folder)
        if way == "shutdown":
            manager.shutdown_kernel()
            gone = [kernel, *children]
        elif way == "restart":
            manager.restart_kernel()
            gone = [kernel, *children]
        else:
            kernel.kill()
            gone = [kernel, *children]
        end = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < end and (alive(gone) or (way != "restart" and files_in(folder))):
            time.sleep(0.1)
        print(
            json.dumps(
                {
                    "workers": sorted(workers),
                    "had": had,
                    "left": alive(gone),
                    "hadFiles": had_files,
                    "leftFiles": [] if way == "restart" else files_in(folder),
                }
            )
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        for process in psutil.Process().children(recursive=True):
            process.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    match sys.argv[1]:
        case "host":
            host()
        case "orphan":
            orphan()
        case way:
            main(way)
