#!/usr/bin/python3
"""Runs digitd-steps on small pictures and checks the strips that it writes.

    tests/tools/test_digitd_steps.py DIGITD-STEPS
"""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
PANEL_PX, GAP_PX, STAGES = 112, 6, 9
PROGRAM = ""


class DigitdSteps(unittest.TestCase):
    """A strip has nine panels; the panel of a step that did not run is transparent."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_program(self, picture):
        """Runs the program on a Pillow image or a path and returns the finished process."""
        path = picture
        if isinstance(picture, Image.Image):
            path = self.folder / "picture.png"
            picture.save(path)
        return subprocess.run([PROGRAM, path, self.folder / "strip.png"], capture_output=True, text=True, check=False)

    def panels(self, picture):
        """The grey levels of each panel (None if it is transparent), and the printed lines."""
        done = self.run_program(picture)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        with Image.open(self.folder / "strip.png") as strip:
            self.assertEqual((strip.mode, strip.size), ("LA", (STAGES * (PANEL_PX + GAP_PX) - GAP_PX, PANEL_PX)))
            samples = np.asarray(strip)
        panels = [samples[:, i * (PANEL_PX + GAP_PX):][:, :PANEL_PX] for i in range(STAGES)]
        self.assertEqual(samples[:, PANEL_PX:PANEL_PX + GAP_PX, 1].max(), 0)
        return [panel[..., 0] if panel[..., 1].max() else None for panel in panels], done.stdout.splitlines()

    def test_a_dark_bar_beside_a_speck_passes_every_step(self):
        picture = Image.new("L", (110, 110), 200)
        pen = ImageDraw.Draw(picture)
        pen.rectangle([50, 30, 59, 79], 20)
        pen.rectangle([95, 95, 98, 98], 20)
        panels, lines = self.panels(picture)
        self.assertTrue(all(panel is not None for panel in panels))
        # The picture has the size of the inside of a panel, so it is not scaled.
        self.assertTrue((panels[0][1:-1, 1:-1] == np.asarray(picture)).all())
        self.assertTrue((panels[1][1:-1, 1:-1] == 255 - np.asarray(picture)).all())
        self.assertEqual((panels[3][50, 55], panels[3][50, 80], panels[3][97, 97]), (255, 0, 255))
        self.assertEqual((panels[5][50, 55], panels[5][97, 97]), (255, 0))
        self.assertEqual(lines[:2] + lines[4:], ["inverted: yes", "untouched: no", "warnings: ink_dropped"])
        self.assertEqual(lines[2], "crop: 10x50 px at 50, 30")

    def test_a_blank_picture_stops_where_no_foreground_is_found(self):
        panels, lines = self.panels(Image.new("L", (64, 40), 90))
        self.assertEqual([panel is None for panel in panels], [False] * 3 + [True] * 5 + [False])
        self.assertEqual(panels[-1][1:-1, 1:-1].max(), 0)
        self.assertIn("warnings: blank", lines)

    def test_an_mnist_normalised_picture_skips_from_polarity_to_the_end(self):
        picture = Image.new("L", (28, 28))
        ImageDraw.Draw(picture).rectangle([13, 4, 15, 23], 255)
        panels, lines = self.panels(picture)
        self.assertEqual([panel is None for panel in panels], [False] * 2 + [True] * 6 + [False])
        self.assertTrue((panels[0] == panels[-1]).all())
        self.assertIn("untouched: yes", lines)

    def test_every_picture_of_the_documentation_is_preprocessed(self):
        for path in sorted((ROOT / "docs/images").glob("*.png")):
            done = self.run_program(path)
            self.assertEqual((done.returncode, done.stderr), (0, ""), path.name)

    def test_help_is_printed(self):
        for flag in ("--help", "-h"):
            done = subprocess.run([PROGRAM, flag], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertTrue(done.stdout.startswith("Usage: digitd-steps "), done.stdout)

    def test_a_wrong_number_of_arguments_is_a_usage_error(self):
        for arguments in ((), ("a",), ("a", "b", "c")):
            done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("give a picture and the file to write", done.stderr)

    def test_files_that_cannot_be_read_or_written_are_named(self):
        done = self.run_program("/nowhere.png")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("/nowhere.png", done.stderr)
        done = subprocess.run([PROGRAM, ROOT / "docs/images/one.png", "/nowhere/strip.png"], capture_output=True,
                              text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("/nowhere/strip.png", done.stderr)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
