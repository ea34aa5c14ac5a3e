"""Runs jupyter_kernel_test against the installed kernel and prints one line of JSON a test.

    python jupyter_kernel_suite.py

Each line is {"test": name, "outcome": "passed" | "failed" | "skipped", "detail": text}. A test that
the suite skips, in whole or in a part, is reported as skipped: who reads the lines decides whether
that was meant.
"""

from __future__ import annotations

import json
import unittest

import jupyter_kernel_test

PATIENCE = 15


class WeftTests(jupyter_kernel_test.KernelTests):
    """The samples. The suite gives a broadcast 0.1 s to come, too little on a busy machine: here it has PATIENCE."""

    kernel_name = "weft"
    patient = True

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        get_msg = cls.kc.iopub_channel.get_msg
        cls.kc.iopub_channel.get_msg = lambda timeout=None: get_msg(timeout=PATIENCE if cls.patient else timeout)

    def flush_channels(self) -> None:
        type(self).patient = False  # here no message is what is waited for
        try:
            super().flush_channels()
        finally:
            type(self).patient = True

    language_name = "java"
    file_extension = ".java"

    code_hello_world = 'System.out.println("hello, world");'
    code_stderr = 'System.err.println("to the standard error");'
    code_generate_error = 'throw new IllegalStateException("on purpose");'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": 'List.of("a", "b")', "result": "[a, b]"},
        {"code": 'var greeting = "hello";\ngreeting.toUpperCase()', "result": "HELLO"},
        {"code": "record Point(int x, int y) {}\nnew Point(1, 2)", "result": "Point[x=1, y=2]"},
    ]
    code_display_data = [
        {"code": 'display("<b>woven</b>", "text/html");', "mime": "text/html"},
        {"code": 'display("plain");', "mime": "text/plain"},
    ]
    completion_samples = [
        {"text": '"weft".toUpperC', "matches": {"toUpperCase("}},
        {"text": "System.out.printl", "matches": {"println("}},
        {"text": "%execut", "matches": {"%executor"}},
    ]
    complete_code_samples = [
        "1 + 2",
        "int x = 3;",
        'System.out.println("one line");',
        "int twice(int n) {\n    return 2 * n;\n}",
        "record Pair(int a, int b) {}",
        "%pool 2",
    ]
    incomplete_code_samples = [
        "int twice(int n) {",
        "for (int i = 0; i < 3; i++) {",
        "List.of(1,",
        'var text = """\n    not closed',
        "/* a comment",
    ]
    invalid_code_samples = ["int x = ;", "}", '"not closed']
    code_inspect_sample = "String"
    code_history_pattern = "6*7"
    supported_history_operations = ("tail", "range", "search")
    code_clear_output = "clearOutput(false);"


class WelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "weft"
    support_iopub_welcome = True


class Lines(unittest.TestResult):
    """Prints an outcome for each test; a failed or skipped part decides for its test."""

    def startTest(self, test):  # noqa: N802, the name is unittest's
        super().startTest(test)
        self.outcome, self.details = "passed", []

    def note(self, outcome, detail):
        if self.outcome != "failed":
            self.outcome = outcome
        self.details.append(detail)

    def addSubTest(self, test, part, error):  # noqa: N802
        if error is not None:
            self.note("failed", f"{part}\n{self._exc_info_to_string(error, test)}")

    def addFailure(self, test, error):  # noqa: N802
        self.note("failed", self._exc_info_to_string(error, test))

    def addError(self, test, error):  # noqa: N802
        if not hasattr(self, "details"):  # the kernel did not start: there is no test yet
            self.outcome, self.details = "passed", []
            self.note("failed", self._exc_info_to_string(error, test))
            self.stopTest(test)
            return
        self.note("failed", self._exc_info_to_string(error, test))

    def addSkip(self, test, reason):  # noqa: N802
        if not hasattr(self, "details"):
            self.outcome, self.details = "passed", []
        self.note("skipped", reason)

    def stopTest(self, test):  # noqa: N802
        super().stopTest(test)
        name = getattr(test, "_testMethodName", str(test))
        print(json.dumps({"test": name, "outcome": self.outcome, "detail": "\n".join(self.details)}), flush=True)
        del self.outcome, self.details


if __name__ == "__main__":
    loader = unittest.defaultTestLoader
    suite = unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in (WeftTests, WelcomeTests))
    suite.run(Lines())
