#!/usr/bin/python3
"""Runs digitd-bench on small architectures and checks what it prints.

    tests/bench/test_digitd_bench.py DIGITD-BENCH
"""

import json
import subprocess
import sys
import unittest
from pathlib import Path

TINY = Path(__file__).parents[1] / "fixtures" / "architectures" / "tiny.json"
BASELINE = Path(__file__).parents[2] / "config" / "architectures" / "baseline.json"
PROGRAM = ""


def run(*arguments):
    """The finished process."""
    return subprocess.run([PROGRAM, "--run-ms=1", *map(str, arguments)], capture_output=True, text=True, check=False)


class DigitdBench(unittest.TestCase):
    """The figures depend on the machine; the format and the relations between figures do not."""

    def check_rows(self, precisions, *arguments):
        done = run("--json", *arguments)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows = json.loads(done.stdout)["rows"]
        self.assertEqual([row["batch"] for row in rows], [1, 8, 32] * (len(rows) // 3))
        runs = {(row["kernels"], row["precision"]) for row in rows}
        self.assertEqual(len(runs) * 3, len(rows))
        self.assertEqual({precision for _, precision in runs}, precisions)
        for row in rows:
            self.assertEqual(
                list(row),
                ["architecture", "precision", "kernels", "batch", "us_per_image", "gops", "peak_share"],
            )
            for figure in ("us_per_image", "gops", "peak_share"):
                self.assertGreater(row[figure], 0)

    def test_json_has_a_row_for_each_batch_size_and_precision(self):
        self.check_rows({"f32", "int8"}, "--architecture", BASELINE, "--kernels", "portable")

    def test_a_network_that_cannot_run_in_int8_is_measured_in_float32_with_all_kernels(self):
        self.check_rows({"f32"}, "--architecture", TINY)

    def test_the_table_names_network_and_peak(self):
        done = run("--architecture", TINY, "--kernels", "portable")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = done.stdout.splitlines()
        self.assertTrue(lines[0].startswith("tiny: "), lines[0])
        self.assertIn("peak of one thread", lines[1])
        self.assertEqual(len(lines) % 3, 2)

    def test_layers_are_the_steps_of_the_network(self):
        done = run("--architecture", BASELINE, "--layers", "--kernels", "portable")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for step in ("3x3 1->32 conv3x3_c1", "3x3 32->64 winograd", "1x1 128->10 direct"):
            self.assertEqual(sum(line.startswith(step) for line in done.stdout.splitlines()), 2, step)

    def test_preprocessing_is_timed(self):
        done = run("--architecture", TINY, "--preprocessing", "--kernels", "portable")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        table = done.stdout.split("preprocessing of")[1].splitlines()[1:]
        self.assertEqual([line.split(",")[0] for line in table if "photo" in line],
                         ["1000x1000", "4032x3024", "640x160"])
        self.assertEqual([float(line.split()[-1]) for line in table if "MNIST-normalised" in line], [1, 1])
        for line in table:
            proposing, reading, hypotheses = map(float, line.split()[-3:])
            self.assertGreater(proposing, 0)
            self.assertGreater(reading, 0)
            self.assertGreaterEqual(hypotheses, 1)

    def test_model_and_architecture_exclude_each_other(self):
        for arguments in ((), ("--model", "a", "--architecture", "b")):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("exactly one of --model and --architecture", done.stderr)

    def test_unknown_option_is_a_usage_error(self):
        for arguments in (("--threads", "2"), ("rest",)):
            done = run("--architecture", TINY, *arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(f'unknown option "{arguments[0]}"', done.stderr)

    def test_help_is_printed(self):
        done = run("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.startswith("Usage: digitd-bench "), done.stdout)
        self.assertEqual(run("-h").stdout, done.stdout)

    def test_unknown_kernels_are_named(self):
        done = run("--architecture", TINY, "--kernels", "abacus")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn('"abacus"', done.stderr)

    def test_a_missing_file_is_named(self):
        done = run("--model", "/nowhere.safetensors")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("/nowhere.safetensors", done.stderr)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
