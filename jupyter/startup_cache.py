"""Makes the start-up cache of an installed kernel: what the JVM has loaded, linked and profiled in a short session.

    python startup_cache.py [--check] SPEC

With --check none is made: it ends with 0 where the JVM can use the caches that are there, that of the kernel and that
of worker JVMs. SPEC is the folder of the installed kernelspec. The cache is made by the JVM that kernel.json names, with its options,
which have to be the same in both for the JVM to use it. kernel.json mentions the cache only after the JVM has been
seen to use it: one that it cannot use makes a start slower than none. Options that make the JVM ignore an unusable
cache without a word go with it, so that a kernel starts also after its JDK was replaced.

Ends with 1, and one line on standard error, where there is no cache afterwards; the kernel then starts without.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

NAME = "weft.aot"
MINUTES = 5
# A cache that does not fit is ignored, and one whose checksum is wrong; nothing is said of it, as what the JVM says
# goes to standard output; and an option that a later JVM no longer knows does not keep it from starting.
LENIENT = [
    "-XX:+IgnoreUnrecognizedVMOptions",
    "-XX:AOTMode=auto",
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:+VerifySharedSpaces",
    "-Xlog:aot=off,cds=off",
]


def jvm_options(argv: list[str]) -> tuple[list[str], list[str]]:
    """The command up to the class path, without options of an earlier cache; and the class path with the main class."""
    at = argv.index("-cp")
    ours = ("-XX:AOTCache=", "-Dweft.cache.java=", *LENIENT)
    return [part for part in argv[:at] if not part.startswith(ours)], argv[at : at + 3]


def run(command: list[str]) -> str:
    """What a command prints.

    Options from the environment would make a cache that other environments cannot use.
    """
    environment = {k: v for k, v in os.environ.items() if k not in ("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")}
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60 * MINUTES, env=environment
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[-2:])} ended with {done.returncode}:\n{done.stdout[-2000:]}")
    return done.stdout


def write(path: Path, spec: dict) -> None:
    new = path.with_suffix(".tmp")
    new.write_text(json.dumps(spec, indent=2) + "\n", encoding="utf-8")
    os.replace(new, path)


def make(folder: Path) -> None:
    path = folder / "kernel.json"
    spec = json.loads(path.read_text(encoding="utf-8"))
    options, program = jvm_options(spec["argv"])
    cache = folder / NAME
    said = run([*options, f"-XX:AOTCacheOutput={cache}", *program, "--rehearse"])
    java = [line.removeprefix("rehearsed on Java ") for line in said.splitlines() if line.startswith("rehearsed on Java ")]
    if not java or not cache.is_file():
        raise RuntimeError(f"the JVM wrote no cache:\n{said[-2000:]}")
    # with AOTMode on, a JVM that can't use the cache does not start
    run([*options, f"-XX:AOTCache={cache}", "-XX:AOTMode=on", *program, "--version"])
    added = [f"-XX:AOTCache={cache}", *LENIENT, f"-Dweft.cache.java={java[0]}"]
    spec["argv"] = [*options, *added, *program, *spec["argv"][spec["argv"].index("-cp") + 3 :]]
    write(path, spec)


def check(folder: Path) -> None:
    """Raises where the JVM of kernel.json can't use the caches of the kernel and of its workers."""
    spec = json.loads((folder / "kernel.json").read_text(encoding="utf-8"))
    options, program = jvm_options(spec["argv"])
    cache = folder / NAME
    if f"-XX:AOTCache={cache}" not in spec["argv"]:
        raise RuntimeError(f"{folder / 'kernel.json'} mentions no cache")
    run([*options, f"-XX:AOTCache={cache}", "-XX:AOTMode=on", *program, "--version"])
    # both are made by one JDK, one after the other
    if not list((folder / "lib").glob("weft-concurrent-*.aot")):
        raise RuntimeError(f"there is no cache for worker JVMs in {folder / 'lib'}")


def main() -> None:
    folder = Path(sys.argv[-1])
    if sys.argv[1] == "--check":
        try:
            check(folder)
        except (OSError, RuntimeError, ValueError, subprocess.SubprocessError) as failed:
            raise SystemExit(f"weft: no start-up cache can be used: {failed}") from failed
        return
    try:
        make(folder)
    except (OSError, RuntimeError, ValueError, subprocess.SubprocessError) as failed:
        for name in (NAME, NAME + ".config"):
            (folder / name).unlink(missing_ok=True)
        raise SystemExit(str(failed))


if __name__ == "__main__":
    main()
