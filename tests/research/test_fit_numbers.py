#!/usr/bin/python3
"""Tests digitd-lattices and research/fit-numbers on drawn numbers.

    tests/research/test_fit_numbers.py BUILD
"""

import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from PIL import Image, ImageDraw

try:
    import torch
except ImportError:
    torch = None

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(sys.argv.pop())
LATTICES = BUILD / "tools/digitd-lattices"
MODEL = ROOT / "models/digits.safetensors"


def draw_number(path, text):
    """Zeros and ones side by side, dark on light."""
    picture = Image.new("L", (60 * len(text) + 40, 100), 250)
    pen = ImageDraw.Draw(picture)
    for i, digit in enumerate(text):
        left = 30 + 60 * i
        if digit == "0":
            pen.ellipse([left, 20, left + 36, 80], outline=20, width=7)
        else:
            pen.rectangle([left + 14, 20, left + 21, 80], 20)
    picture.save(path)


class FitNumbers(unittest.TestCase):
    """Lattices of a few numbers, and the weights that are fitted on them."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        lines = ["file\tlabel"]
        for i, text in enumerate(("10", "01", "1001", "110", "011", "101", "0110", "100")):
            draw_number(self.folder / f"{i}.png", text)
            lines.append(f"{i}.png\t{text}")
        (self.folder / "labels.tsv").write_text("\n".join(lines) + "\n")

    def write_lattices(self):
        """Runs digitd-lattices and returns the file that it writes."""
        out = self.folder / "lattices"
        done = subprocess.run([LATTICES, MODEL, self.folder / "labels.tsv", out], capture_output=True, text=True,
                              check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return out

    def fit(self, lattices, *options):
        """Runs fit-numbers."""
        return subprocess.run([ROOT / "research/fit-numbers", lattices, "--out", self.folder / "weights.c", *options],
                              capture_output=True, text=True, check=False)

    @unittest.skipIf(torch is None, "needs PyTorch")
    def test_all_weights_are_written(self):
        done = self.fit(self.write_lattices(), "--epochs", "2")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(len(re.findall(r"^epoch \d: left out: log-probability", done.stdout, re.MULTILINE)), 2)
        written = re.findall(r"const float (\w+)\[", (self.folder / "weights.c").read_text())
        declared = re.findall(r"extern const float (\w+)\[", (ROOT / "core/number/weights.h").read_text())
        self.assertEqual(sorted(written), sorted(declared))

    @unittest.skipIf(torch is None, "needs PyTorch")
    def test_fitting_makes_the_right_strings_more_probable(self):
        done = self.fit(self.write_lattices(), "--epochs", "60")
        found = [float(value) for value in re.findall(r"log-probability (\S+),", done.stdout)]
        self.assertGreater(found[-1], found[0])

    @unittest.skipIf(torch is None, "needs PyTorch")
    def test_lattices_of_other_features_are_refused(self):
        lattices = self.write_lattices()
        lattices.write_bytes(b"\1\0\0\0" + lattices.read_bytes()[4:])
        done = self.fit(lattices)
        self.assertEqual(done.returncode, 1)
        self.assertIn("has features [1, ", done.stderr)

    def test_a_missing_picture_is_an_error(self):
        (self.folder / "0.png").unlink()
        done = subprocess.run([LATTICES, MODEL, self.folder / "labels.tsv", self.folder / "out"], capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("0.png", done.stderr)

    def test_wrong_usage_is_told(self):
        done = subprocess.run([LATTICES, MODEL], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertTrue(done.stderr.startswith("Usage: digitd-lattices"))


if __name__ == "__main__":
    unittest.main()
