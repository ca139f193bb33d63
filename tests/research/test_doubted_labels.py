#!/usr/bin/python3
"""Tests research/doubted-labels on drawn bars instead of MNIST, some of which have a wrong label.

    tests/research/test_doubted_labels.py BUILD
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(sys.argv.pop())
os.environ |= {"DIGITD_TRAIN": str(BUILD / "trainer/digitd-train"), "DIGITD_EVAL": str(BUILD / "trainer/digitd-eval")}
sys.path[:0] = [str(ROOT / "tests/trainer/cli"), str(ROOT / "research")]

from idx import read_idx  # noqa: E402
from programs import TINY, draw_bars, images_file, labels_file, write_part  # noqa: E402

COUNT = 601  # not a multiple of three
WRONG = [3, 199, 200, 401, 600]


class DoubtedLabels(unittest.TestCase):
    """The networks of the three thirds, the doubted images, and the copy without them."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.images, self.labels = draw_bars(COUNT)
        self.labels[WRONG] = (self.labels[WRONG] + 4) % 10
        (self.folder / "train-images-idx3-ubyte").write_bytes(images_file(self.images))
        (self.folder / "train-labels-idx1-ubyte").write_bytes(labels_file(self.labels))
        write_part(self.folder, "t10k", 60)
        self.output = self.folder / "clean"

    def run_script(self, *options):
        """Runs the script and returns the finished process."""
        command = [ROOT / "research/doubted-labels", self.output, "--build", BUILD, "--recipe", TINY,
                   "--architecture", ROOT / "tests/fixtures/architectures/tiny.json", *options]
        return subprocess.run(command, capture_output=True, text=True, check=False,
                              env=os.environ | {"MNIST_DIR": str(self.folder)})

    def test_wrong_labels_are_found_and_left_out_of_the_copy(self):
        done = self.run_script()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, f"5 of 601 labels are doubted: {self.output}/doubted.txt\n")
        self.assertEqual((self.output / "doubted.txt").read_text(), "3\n199\n200\n401\n600\n")
        rest = np.delete(np.arange(COUNT), WRONG)
        for part, kind, expected in (("train", "images-idx3", self.images[rest]), ("train", "labels-idx1", self.labels[rest]),
                                     ("t10k", "images-idx3", draw_bars(60)[0]), ("t10k", "labels-idx1", draw_bars(60)[1])):
            np.testing.assert_array_equal(read_idx(self.output, f"{part}-{kind}-ubyte", ""), expected)

    def test_existing_networks_are_not_trained_again(self):
        self.run_script()
        done = self.run_script("--set", "epochs=0")  # training would refuse this
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("5 of 601", done.stdout)


if __name__ == "__main__":
    unittest.main()
