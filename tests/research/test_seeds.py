#!/usr/bin/python3
"""Tests research/seeds on drawn bars instead of MNIST.

    tests/research/test_seeds.py BUILD
"""

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

from programs import TINY, write_part  # noqa: E402 (it reads the paths of the programs from the environment)


class Seeds(unittest.TestCase):
    """The table of two short trainings."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        write_part(self.folder, "train", 350)
        write_part(self.folder, "t10k", 60)

    def run_seeds(self, *options):
        """Runs the script and returns the finished process."""
        command = [ROOT / "research/seeds", TINY, "--build", BUILD, "--seeds", "2", "--set", "epochs=1",
                   "--keep", self.folder / "models", *options]
        return subprocess.run(command, capture_output=True, text=True, check=False,
                              env=os.environ | {"MNIST_DIR": str(self.folder)})

    def test_every_seed_has_a_row_and_the_last_row_has_the_means(self):
        done = self.run_seeds()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines()
                if line.startswith("|")]
        self.assertEqual(rows[0][:5], ["seed", "training", "validation", "test", "wrong"])
        self.assertEqual([row[0] for row in rows[2:]], ["1", "2", "mean"])
        wrong = [float(row[4]) for row in rows[2:]]
        self.assertEqual(wrong[2], (wrong[0] + wrong[1]) / 2)
        self.assertEqual([row[3] for row in rows[2:]], [f"{(1 - count / 60) * 100:.3f} %" for count in wrong])
        self.assertIn(f"Worst seed {max(wrong):g} wrong", done.stdout)
        self.assertNotEqual((self.folder / "models/seed-1.safetensors").read_bytes(),
                            (self.folder / "models/seed-2.safetensors").read_bytes())

    def test_existing_models_are_not_trained_again(self):
        first = self.run_seeds()
        again = self.run_seeds("--set", "epochs=0")  # training would refuse this
        self.assertEqual((again.returncode, again.stderr), (0, ""))

        def without_times(text):
            return [line.split("|")[:-2] for line in text.splitlines()]

        self.assertEqual(without_times(again.stdout), without_times(first.stdout))


if __name__ == "__main__":
    unittest.main()
