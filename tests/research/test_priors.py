#!/usr/bin/python3
"""Tests digitd-hypotheses and research/priors on drawn pictures, and the fit on made-up hypotheses.

    tests/research/test_priors.py BUILD
"""

import importlib.machinery
import importlib.util
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(sys.argv.pop())
sys.dont_write_bytecode = True
MODEL = ROOT / "models/digits.safetensors"


def load_script():
    """research/priors as a module."""
    loader = importlib.machinery.SourceFileLoader("priors", str(ROOT / "research/priors"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("priors", loader))
    loader.exec_module(module)
    return module


priors = load_script()


def made_up(rng, count):
    """Two hypotheses about each picture, both sure of a digit: that with the feature is right in four of five."""
    labels = rng.integers(0, 10, count)
    features = np.tile([[0.0], [1.0]], (count, 1))
    second_is_right = rng.random(count) < 0.8
    digits = np.stack([np.where(second_is_right, (labels + 1) % 10, labels),
                       np.where(second_is_right, labels, (labels + 1) % 10)], 1).reshape(-1)
    probabilities = np.full((2 * count, 10), 0.01)
    probabilities[np.arange(2 * count), digits] = 0.91
    return priors.Pictures(np.repeat(np.arange(count), 2), features, probabilities, labels,
                           np.full(count, 1 / count))


class Fit(unittest.TestCase):
    """The objective and its minimum."""

    def test_the_gradient_is_that_of_the_loss(self):
        rng = np.random.default_rng(1)
        pictures = made_up(rng, 50)
        pictures.inputs = rng.normal(size=(100, 3))
        at = rng.normal(size=3)
        gradient = pictures.loss(at)[1]
        for i, step in enumerate(1e-6 * np.eye(3)):
            slope = (pictures.loss(at + step)[0] - pictures.loss(at - step)[0]) / 2e-6
            self.assertAlmostEqual(gradient[i], slope, places=6)

    def test_a_feature_gets_the_odds_with_which_it_is_right(self):
        pictures = made_up(np.random.default_rng(2), 4000)
        fitted = priors.minimise(pictures.loss, np.array([4.0, 0.0]))
        self.assertAlmostEqual(fitted[1], np.log(4), delta=0.15)
        chosen, first = pictures.accuracies(fitted)
        self.assertAlmostEqual(chosen, 0.8, delta=0.03)
        self.assertAlmostEqual(first, 0.2, delta=0.03)

    def test_the_minimum_of_a_narrow_valley_is_found(self):
        def valley(at):
            return ((1 - at[0]) ** 2 + 100 * (at[1] - at[0] ** 2) ** 2,
                    np.array([-2 * (1 - at[0]) - 400 * at[0] * (at[1] - at[0] ** 2), 200 * (at[1] - at[0] ** 2)]))

        self.assertTrue(np.allclose(priors.minimise(valley, np.array([-1.2, 1.0])), 1, atol=1e-5))


class Script(unittest.TestCase):
    """A few pictures of ones and sevens, some of them on a grey patch."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        lines = ["file\tlabel\tkind"]
        for i in range(8):
            picture = Image.new("L", (120, 120), 255)
            pen = ImageDraw.Draw(picture)
            if i % 2:
                pen.rectangle([15, 12, 105, 108], 200)
            pen.line([(40, 30), (75, 30), (50 + i, 90)] if i < 4 else [(60, 30), (58 + i, 90)], 40, 8)
            picture.save(self.folder / f"{i}.png")
            lines.append(f"{i}.png\t{7 if i < 4 else 1}\t{'patch' if i % 2 else 'plain'}")
        Image.new("L", (50, 50), 200).save(self.folder / "blank.png")
        lines += ["blank.png\t3\tplain", "0.png\t12\tnumber"]
        (self.folder / "labels.tsv").write_text("\n".join(lines) + "\n")

    def run_script(self, *options):
        """Runs the script and returns the finished process."""
        return subprocess.run([ROOT / "research/priors", "--build", BUILD, *options], capture_output=True, text=True,
                              check=False)

    def test_lines_to_paste_are_printed(self):
        done = self.run_script(f"{self.folder}/labels.tsv:0.5")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("labels.tsv: 100.00 % of 8, by the first hypothesis alone", done.stdout)
        pasted = re.findall(r"^    \[(FEATURE_\w+)\] = (-?\d+\.\d\d)F,$", done.stdout, re.MULTILINE)
        source = (ROOT / "core/read/hypotheses.c").read_text()
        self.assertEqual([name for name, _ in pasted], re.findall(r"^    \[(FEATURE_\w+)\] = ", source, re.MULTILINE))
        self.assertRegex(done.stdout, r"(?m)^#define CHOICE_EXPONENT \d\.\d\dF$")

    def test_kinds_can_be_left_out(self):
        done = self.run_script(f"{self.folder}/labels.tsv", "--without", "patch")
        self.assertIn("of 4, by", done.stdout)

    def test_a_file_that_is_no_picture_is_refused(self):
        (self.folder / "0.png").write_text("no picture")
        done = subprocess.run([BUILD / "tools/digitd-hypotheses", MODEL], input=f"{self.folder}/0.png\n",
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn(f"{self.folder}/0.png", done.stderr)

    def test_a_blank_picture_has_no_rows(self):
        done = subprocess.run([BUILD / "tools/digitd-hypotheses", MODEL],
                              input=f"{self.folder}/blank.png\n{self.folder}/0.png\n", capture_output=True, text=True,
                              check=True)
        rows = [line.split("\t") for line in done.stdout.splitlines()]
        self.assertEqual({row[0] for row in rows}, {"1"})
        self.assertEqual({len(row) for row in rows}, {1 + len(priors.feature_names()) + 10})


if __name__ == "__main__":
    unittest.main()
