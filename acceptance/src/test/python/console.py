"""Works in `jupyter console` as a person at a terminal does, and prints what it showed as one line of JSON.

    python console.py
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pexpect

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[=>]|\x1b\][^\x07]*\x07|\r")
PROMPT = r"In \[\d+\]: "


def main() -> None:
    console = pexpect.spawn(
        str(Path(sys.executable).parent / "jupyter-console"),
        ["--kernel", "weft", "--simple-prompt", "--ZMQTerminalInteractiveShell.kernel_timeout=120"],
        encoding="utf-8",
        timeout=90,
        dimensions=(50, 200),
    )
    seen: dict[str, str] = {}

    def shown(until: str = PROMPT) -> str:
        console.expect(until)
        return ESCAPES.sub("", console.before).strip()

    def result(text: str) -> None:
        """Waits for a result. The console shows what came behind its prompt at the next Enter only."""
        pattern = rf"Out\[\d+\]: {text}"
        if console.expect([pattern, pexpect.TIMEOUT], timeout=30) == 1:
            console.sendline("")
            console.expect(pattern)

    seen["banner"] = shown()
    console.sendline("6 * 7")
    result("42")
    seen["result"] = "42"
    shown()
    console.sendline("int twice(int n) { return 2 * n; }")
    shown()
    console.sendline("twice(21) + 1000")
    result("1042")
    seen["method"] = "1042"
    shown()
    console.sendline('new Scanner(System.in).nextLine().toUpperCase()')
    console.sendline("weft")
    result("WEFT")
    seen["line"] = "WEFT"
    shown()
    console.sendline('System.out.println("spin" + "ning"); while (true) { }')
    console.expect_exact("spinning")  # only now does the console pass Ctrl-C on to the kernel
    console.sendintr()
    console.expect_exact("Interrupted")
    seen["interrupted"] = "Interrupted"
    shown()
    console.sendline("twice(4)")
    result("8")
    seen["after"] = "8"
    shown()
    console.sendline("exit")
    console.expect(pexpect.EOF)
    console.close()
    seen["exit"] = str(console.exitstatus)
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
