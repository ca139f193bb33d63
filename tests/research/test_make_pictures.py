#!/usr/bin/python3
"""Tests research/make-numbers and research/make-frames on a few drawn digits instead of MNIST.

    tests/research/test_make_pictures.py
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "research"))

import frame_pictures  # noqa: E402 (it is in research)
import number_pictures  # noqa: E402
import strokes  # noqa: E402


def drawn_digits():
    """Ten images [10][28][28], one of each label: a ring for 0, a bar for 1, and polygons for the others."""
    images = []
    for label in range(10):
        picture = Image.new("L", (112, 112))
        pen = ImageDraw.Draw(picture)
        if label == 0:
            pen.ellipse([30, 16, 80, 96], outline=255, width=10)
        elif label == 1:
            pen.line([(56, 16), (56, 96)], 255, 10)
        else:
            pen.line([(30, 20), (80, 20), (56 - 4 * (label - 5), 60), (78, 92), (30, 90 - label)], 255, 10)
        images.append(np.asarray(picture.filter(ImageFilter.GaussianBlur(3)).resize((28, 28), Image.Resampling.BOX)))
    return np.array(images)


class MakePictures(unittest.TestCase):
    """A folder with a few pictures of each kind."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.data = Path(folder.name)
        images = drawn_digits()
        for files, order in (("train", slice(None)), ("t10k", slice(None, 1))):
            part = images[order]
            sizes = b"".join(size.to_bytes(4, "big") for size in part.shape)
            (cls.data / f"{files}-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + sizes + part.tobytes())
            (cls.data / f"{files}-labels-idx1-ubyte").write_bytes(
                b"\0\0\x08\x01" + sizes[:4] + np.arange(len(part), dtype=np.uint8).tobytes())
        cls.digits = strokes.Digits(cls.data)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "made"

    def run_script(self, script, *options, data=None):
        """Runs a script and returns the finished process."""
        environment = os.environ | {"MNIST_DIR": str(data or self.data), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run([ROOT / "research" / script, self.folder, *options], capture_output=True, text=True,
                              check=False, env=environment)

    def rows(self):
        """The columns of labels.tsv."""
        return [line.split("\t") for line in (self.folder / "labels.tsv").read_text().splitlines()]

    def assert_complete(self, kinds, count):
        """Every kind has its pictures, and every picture opens and is not of one level."""
        rows = self.rows()
        self.assertEqual(rows[0], ["file", "label", "kind", "source", "query"])
        self.assertEqual([row[2] for row in rows[1:]], [kind for kind in kinds for _ in range(count)])
        for name, label, _, source, query in rows[1:]:
            with Image.open(self.folder / name) as picture:
                self.assertGreater(np.ptp(np.asarray(picture, int)), 8, name)
            self.assertRegex(label, r"^\d{2,}$" if query else r"^\d$")
            self.assertIn(query, ("", "?digits=many"))
            self.assertTrue(source)

    def test_every_kind_of_number_has_its_pictures(self):
        done = self.run_script("make-numbers", "--count", "2")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assert_complete(number_pictures.KINDS, 2)

    def test_every_kind_of_frame_has_its_pictures(self):
        done = self.run_script("make-frames", "--count", "1")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assert_complete(frame_pictures.KINDS, 1)

    def test_a_picture_depends_only_on_its_seed_kind_and_number(self):
        self.run_script("make-numbers", "--count", "2", "--kind", "apart", "--kind", "touching")
        first = {path.name: path.read_bytes() for path in self.folder.iterdir()}
        self.assertEqual(len(first), 5)
        self.run_script("make-numbers", "--count", "1", "--kind", "touching")
        name = self.rows()[1][0]
        self.assertEqual((self.folder / name).read_bytes(), first[name])
        self.run_script("make-numbers", "--count", "1", "--kind", "touching", "--seed", "2")
        self.assertNotEqual((self.folder / name).read_bytes(), first[name])

    def test_numbers_show_the_digits_of_the_files_that_are_named(self):
        self.run_script("make-numbers", "--count", "3", "--kind", "apart", "--files", "t10k")
        self.assertEqual({row[1].strip("0") for row in self.rows()[1:]}, {""})  # the test files have only a 0
        self.run_script("make-numbers", "--count", "3", "--kind", "apart")
        self.assertGreater(len(set("".join(row[1] for row in self.rows()[1:]))), 5)

    def test_options_out_of_range_and_missing_files_are_refused(self):
        for options, message in ((("--count", "0"), "--count is 0, must be 1 or more"),
                                 (("--seed", "-1"), "--seed is -1, must be 0 or more"),
                                 (("--kind", "oil"), "invalid choice: 'oil'")):
            for script in ("make-numbers", "make-frames"):
                done = self.run_script(script, *options)
                self.assertEqual(done.returncode, 2)
                self.assertIn(message, done.stderr)
        self.assertIn("train-images-idx3-ubyte is not there", self.run_script("make-frames", data="/nowhere").stderr)
        self.assertFalse(self.folder.exists())

    def line(self, spacing, seed, length=4):
        """A line of digits, by a hand of 60 px with a pen of 5 px."""
        rng = np.random.default_rng(seed)
        hand = number_pictures.Hand(60, 5, 0.1, 1, False, 0.02)
        return number_pictures.line_of(rng, self.digits, rng.integers(10, size=length), hand, spacing).glyphs

    def ink_gap(self, left, right):
        """Columns between the ink of two digits in the row where they are closest; rows as placed."""
        return number_pictures.reach_of(left, right, 0) + right.left_px - left.left_px

    def test_digits_are_as_far_apart_as_their_kind_says(self):
        gaps = {}
        for spacing in number_pictures.PLACES:
            lines = [self.line(spacing, seed) for seed in range(6)]
            pairs = [pair for line in lines for pair in zip(line, line[1:])]
            boxes = np.array([right.left_px - left.left_px - left.width_px for left, right in pairs])
            widths = np.array([(left.width_px + right.width_px) / 2 for left, right in pairs])
            gaps[spacing] = boxes / widths, np.array([self.ink_gap(*pair) for pair in pairs])
        self.assertGreaterEqual(gaps["apart"][0].min(), 9 / 60)
        self.assertGreaterEqual(gaps["close"][1].min(), 1)  # never touch
        self.assertLess(np.median(gaps["close"][1]), 12)
        self.assertLess(np.mean(gaps["touching"][1] > 0), 0.6)
        self.assertGreaterEqual(gaps["touching"][1].min(), -6)  # at most by the pen
        self.assertLessEqual(gaps["overlapping"][0].max(), 0.02)
        self.assertGreaterEqual(gaps["overlapping"][0].min(), -0.17)  # 0.15, and up to half a pixel of rounding

    def test_a_pen_gives_strokes_of_its_thickness(self):
        outline = strokes.outline(self.digits.images[0])
        for thickness in (4, 8, 16, 24, 32):
            found = strokes.thickness_of(strokes.with_pen(outline, thickness))
            self.assertAlmostEqual(found, thickness, delta=0.2 * thickness + 1)

    def test_a_thin_pen_does_not_break_strokes(self):
        plain = strokes.outline(self.digits.images[1])
        thin = strokes.with_pen(plain, 3)
        top, bottom, _, _ = strokes.box_of(thin)
        self.assertTrue(thin[top:bottom].any(1).all())
        first, last, _, _ = strokes.box_of(plain)
        self.assertGreater(bottom - top, last - first - 1.3 * strokes.thickness_of(plain))  # round ends

    def test_european_digits_have_another_stroke(self):
        rng = np.random.default_rng(1)
        for label, draw in strokes.EUROPEAN.items():
            plain = strokes.outline(self.digits.images[label])
            more = draw(plain, rng)
            self.assertGreater(more.sum(), plain.sum() * 1.05)
            self.assertTrue((more | plain == more).all())

    def test_frames_are_filled_as_in_the_data_sets(self):
        for kind, side in (("USPS", 16), ("Semeion", 16), ("optdigits", 8), ("ARDIS", 28)):
            for seed in range(6):
                drawn = frame_pictures.KINDS[kind](np.random.default_rng(seed), self.digits, 0)
                if "," in drawn.source.replace("optdigits, 8x8", ""):
                    continue  # dark on light, or enlarged
                levels = np.asarray(drawn.picture)
                self.assertEqual(levels.shape, (side, side))
                rows = np.flatnonzero((levels > 60).any(1))
                self.assertGreaterEqual(rows[-1] - rows[0] + 1, 0.65 * side, (kind, seed))
                if kind == "Semeion":
                    self.assertTrue(np.isin(levels, (0, 255)).all())

    def test_colours_have_the_same_luma(self):
        rng = np.random.default_rng(1)
        for _ in range(20):
            paper, ink = frame_pictures.colours_of_equal_luma(rng)
            self.assertLess(abs((paper - ink) @ frame_pictures.LUMA), 0.02)
            self.assertGreater(np.abs(paper - ink).max(), 0.28)


if __name__ == "__main__":
    unittest.main()
