#!/usr/bin/python3
"""Runs digitd-bench on the tiny architecture and looks at what it prints.

    tests/bench/test_digitd_bench.py DIGITD-BENCH
"""

import json
import subprocess
import sys
import unittest
from pathlib import Path

TINY = Path(__file__).parents[1] / "fixtures" / "architectures" / "tiny.json"
PROGRAM = ""


def run(*arguments):
    """The finished process."""
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, check=False)


class DigitdBench(unittest.TestCase):
    """The figures themselves depend on the machine; their form and their relations do not."""

    def test_json_has_a_row_for_each_batch(self):
        done = run("--architecture", TINY, "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        document = json.loads(done.stdout)
        self.assertEqual(list(document), ["rows"])
        self.assertEqual([row["batch"] for row in document["rows"]], [1, 32])
        for row in document["rows"]:
            self.assertEqual(
                list(row),
                ["architecture", "precision", "kernels", "batch", "us_per_image", "gflops", "peak_share"],
            )
            self.assertEqual((row["architecture"], row["precision"]), ("tiny", "f32"))
            self.assertGreater(row["us_per_image"], 0)
            self.assertGreater(row["gflops"], 0)
            self.assertGreater(row["peak_share"], 0)
            self.assertLess(row["peak_share"], 1)

    def test_text_names_network_and_peak(self):
        done = run("--architecture", TINY)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.startswith("tiny: "), done.stdout)
        self.assertIn("peak of one thread: ", done.stdout)
        self.assertEqual(len(done.stdout.splitlines()), 5)

    def test_model_and_architecture_exclude_each_other(self):
        for arguments in ((), ("--model", "a", "--architecture", "b"), ("--json", "rest")):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("exactly one of --model and --architecture", done.stderr)

    def test_unknown_option_is_a_usage_error(self):
        self.assertEqual(run("--architecture", TINY, "--threads", "2").returncode, 2)

    def test_a_file_that_is_not_there_is_named(self):
        done = run("--model", "/nowhere.safetensors")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("/nowhere.safetensors", done.stderr)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
