#!/usr/bin/python3
"""Tests research/hard-pictures on drawn bars instead of MNIST.

    tests/research/test_hard_pictures.py BUILD
"""

import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(sys.argv.pop())
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "research"))

import hard_pictures  # noqa: E402 (it is in research)

FIRST, COUNT = hard_pictures.FIRST_DIGIT, 4


def write_digits(folder):
    """Writes training files: images before FIRST are blank, those from FIRST on are slanted bars labelled 0 to 3."""
    images = np.zeros((FIRST + COUNT, 28, 28), np.uint8)
    for row in range(5, 23):
        images[FIRST:, row, 17 - row // 4:20 - row // 4] = 250
    labels = np.arange(FIRST + COUNT) - FIRST
    sizes = (FIRST + COUNT).to_bytes(4, "big")
    side = (28).to_bytes(4, "big")
    (folder / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + sizes + side + side + images.tobytes())
    (folder / "train-labels-idx1-ubyte").write_bytes(b"\0\0\x08\x01" + sizes + labels.astype(np.uint8).tobytes())


class HardPictures(unittest.TestCase):
    """A folder with a few pictures of each kind."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.data = Path(folder.name)
        write_digits(cls.data)
        cls.digits = hard_pictures.read_digits(cls.data)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "made"

    def run_script(self, *options, data=None):
        """Runs the script and returns the finished process."""
        environment = os.environ | {"MNIST_DIR": str(data or self.data), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run([ROOT / "research/hard-pictures", self.folder, *options], capture_output=True, text=True,
                              check=False, env=environment)

    def rows(self):
        """The columns of labels.tsv."""
        return [line.split("\t") for line in (self.folder / "labels.tsv").read_text().splitlines()]

    def test_every_kind_has_its_pictures_and_digitd_eval_accepts_them(self):
        done = self.run_script("--count", "2")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        rows = self.rows()
        self.assertEqual(rows[0], ["file", "label", "kind", "source"])
        self.assertEqual([row[1:3] for row in rows[1:]],
                         [[label, kind] for kind in hard_pictures.KINDS for label in "01"])
        done = subprocess.run([BUILD / "trainer/digitd-eval", "--model", ROOT / "models/digits.safetensors",
                               "--images", self.folder / "labels.tsv", "--json"],
                              capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
        self.assertEqual((found["count"], found["failed"]), (2 * len(hard_pictures.KINDS), 0))

    def test_a_picture_depends_only_on_its_seed_kind_and_number(self):
        self.run_script("--count", "2", "--kind", "plain", "--kind", "turned")
        first = {path.name: path.read_bytes() for path in self.folder.iterdir()}
        self.assertEqual(len(first), 5)
        self.run_script("--count", "1", "--kind", "turned")
        self.assertEqual((self.folder / "turned-0000.jpg").read_bytes(), first["turned-0000.jpg"])
        self.run_script("--count", "1", "--kind", "turned", "--seed", "2")
        self.assertNotEqual((self.folder / "turned-0000.jpg").read_bytes(), first["turned-0000.jpg"])

    def test_options_out_of_range_and_missing_files_are_refused(self):
        for options, message in ((("--count", "0"), "--count is 0, must be from 1 to 4"),
                                 (("--count", "5"), "--count is 5, must be from 1 to 4"),
                                 (("--count", "1", "--seed", "-1"), "--seed is -1, must be 0 or more"),
                                 (("--kind", "oil"), "invalid choice: 'oil'")):
            done = self.run_script(*options)
            self.assertEqual(done.returncode, 2)
            self.assertIn(message, done.stderr)
        self.assertIn("train-images-idx3-ubyte is not there", self.run_script(data="/nowhere").stderr)
        self.assertFalse(self.folder.exists())

    def open(self, kind, number=0):
        """Renders a picture; returns it upright, with its source from labels.tsv."""
        self.run_script("--count", str(number + 1), "--kind", kind)
        row = [row for row in self.rows() if row[2] == kind][number]
        with Image.open(self.folder / row[0]) as picture:
            return ImageOps.exif_transpose(picture), row[3]

    def test_ink_is_dark_on_paper_and_light_on_a_board(self):
        for kind, sign in (("plain", 1), ("board", -1)):
            levels = np.asarray(self.open(kind)[0].convert("L"), float)
            darker = sign * (np.median(levels) - levels)
            self.assertGreater(darker.max(), 60, kind)
            self.assertGreater(darker.min(), -60, kind)

    def test_every_exif_orientation_turns_upright(self):
        turns = set()
        for seed in range(12):
            taken = hard_pictures.take("turned", self.digits[0][0], (seed,))
            turns.add(taken.source.split(",")[1])
            with Image.open(io.BytesIO(taken.data)) as picture:
                levels = np.asarray(ImageOps.exif_transpose(picture).convert("L"), float)
            dark = np.argwhere(levels < np.quantile(levels, 0.01) + 20)
            if "plain" in taken.source:  # the lower end of the bar is further left
                self.assertLess(np.corrcoef(dark.T)[0, 1], -0.5, taken.source)
        self.assertEqual(turns, {" orientation 1", " orientation 3", " orientation 6", " orientation 8"})

    def test_a_canvas_is_transparent_outside_the_strokes(self):
        picture, source = self.open("transparent")
        self.assertEqual(picture.mode, "RGBA")
        self.assertTrue(source.startswith("transparent, "))
        alpha = np.asarray(picture)[..., 3]
        self.assertEqual((alpha[0, 0], alpha.max()), (0, 255))

    def test_pictures_have_the_size_of_their_kind(self):
        self.assertLessEqual(max(self.open("low resolution")[0].size), 64)
        self.assertGreaterEqual(max(self.open("big")[0].size), 1440)

    def test_the_weight_changes_the_stroke_width(self):
        digit = self.digits[0][0]
        thin, plain, thick = (hard_pictures.shape_of(digit, 112, weight).sum() for weight in (-0.5, 0, 1))
        self.assertLess(thin, 0.8 * plain)
        self.assertGreater(thick, 1.4 * plain)


if __name__ == "__main__":
    unittest.main()
