#!/usr/bin/python3
"""Tests research/ablate on drawn bars instead of MNIST.

    tests/research/test_ablate.py BUILD
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(sys.argv.pop())
os.environ |= {"DIGITD_TRAIN": str(BUILD / "trainer/digitd-train"), "DIGITD_EVAL": str(BUILD / "trainer/digitd-eval")}
sys.path.insert(0, str(ROOT / "tests/trainer/cli"))

from programs import write_part  # noqa: E402 (it reads the paths of the programs from the environment)


# A recipe that has every setting that the script switches off.
RECIPE = {"architecture": str(ROOT / "tests/fixtures/architectures/tiny.json"), "batch_size": 25, "validation": 50,
          "learning_rate": 0.01, "ema_decay": 0.9, "dropout": 0.2}


class Ablate(unittest.TestCase):
    """The table of short trainings with one seed each."""

    def rows(self, *arguments):
        """Runs the script and returns the cells of each line of the table."""
        with tempfile.TemporaryDirectory() as folder:
            write_part(Path(folder), "train", 350)
            write_part(Path(folder), "t10k", 60)
            recipe = Path(folder) / "recipe.json"
            recipe.write_text(json.dumps(RECIPE))
            command = [ROOT / "research/ablate", recipe, "--build", BUILD, "--epochs", "2", "--seeds", "1", *arguments]
            done = subprocess.run(command, capture_output=True, text=True, check=False,
                                  env=os.environ | {"MNIST_DIR": folder})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines()]

    def test_only_selects_one_row_and_set_changes_its_result(self):
        plain = self.rows("--only", "everything")
        other = self.rows("--only", "everything", "--set", "learning_rate=0.001")
        for table in (plain, other):
            self.assertEqual([row[0] for row in table[2:]], ["everything"])
        self.assertNotEqual(plain[2][4], other[2][4])

    def test_every_variant_has_a_row_with_its_gap(self):
        rows = self.rows()
        self.assertEqual([row[0] for row in rows[2:]],
                         ["everything", "no augmentation", "no dropout", "no EMA of the weights",
                          "no early stopping", "none of the four"])
        for row in rows[2:]:
            training, validation, gap = float(row[1]), float(row[2].split()[0]), float(row[3])
            self.assertAlmostEqual(training - validation, gap, delta=0.011)
        losses = {row[0]: row[4] for row in rows[2:]}
        for variant in ("no augmentation", "no dropout", "no EMA of the weights", "none of the four"):
            self.assertNotEqual(losses[variant], losses["everything"], variant)


if __name__ == "__main__":
    unittest.main()
