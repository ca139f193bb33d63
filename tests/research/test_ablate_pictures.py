#!/usr/bin/python3
"""Tests research/ablate-pictures with a stub of digitd-eval that makes one error if a kind is left out.

    tests/research/test_ablate_pictures.py
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "research"))

import hard_pictures  # noqa: E402 (it is in research)

# Without one kind of hypotheses, one picture of each kind and source is misclassified; without all, all pictures are.
STUB = """#!/usr/bin/python3
import collections, json, sys
options = dict(zip(sys.argv[1:-1:2], sys.argv[2:-1:2]))
assert sys.argv[-1] == "--json" and options["--model"] == "some.safetensors"
rows = [line.split("\\t") for line in open(options["--images"]).read().splitlines()][1:]
wrong = {"none": 0, "all": 1000}.get(options["--leave-out"], 1)

def groups(column):
    counts = collections.Counter(row[column] for row in rows)
    items = [{"name": name, "count": count, "accuracy": max(0, count - wrong) / count}
             for name, count in sorted(counts.items())]
    return {"groups": items, "mean_accuracy": sum(item["accuracy"] for item in items) / len(items)}

print(json.dumps({"count": len(rows), "accuracy": 0.5, "kinds": groups(2), "sources": groups(3)}))
"""
LABELS = "file\tlabel\tkind\tsource\na.png\t1\tphoto\tone\nb.png\t2\tphoto\ttwo\nc.png\t2\tcanvas\ttwo\n"


class AblatePictures(unittest.TestCase):
    """The table of a few pictures."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        count = (hard_pictures.FIRST_DIGIT + 2).to_bytes(4, "big")
        images = np.full((hard_pictures.FIRST_DIGIT + 2, 28, 28), 200, np.uint8)
        side = (28).to_bytes(4, "big")
        (self.folder / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03" + count + side + side + images.tobytes())
        (self.folder / "train-labels-idx1-ubyte").write_bytes(b"\0\0\x08\x01" + count + images[:, 0, 0].tobytes())
        (self.folder / "trainer").mkdir()
        stub = self.folder / "trainer/digitd-eval"
        stub.write_text(STUB)
        stub.chmod(0o755)
        (self.folder / "people").mkdir()
        (self.folder / "people/labels.tsv").write_text(LABELS)

    def run_script(self, *options):
        """Runs the script and returns the finished process."""
        return subprocess.run([ROOT / "research/ablate-pictures", "--build", self.folder, "--model", "some.safetensors",
                               *options], capture_output=True, text=True, check=False,
                              env=os.environ | {"MNIST_DIR": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"})

    def test_every_kind_of_pictures_has_a_row_and_every_kind_of_hypotheses_a_column(self):
        done = self.run_script("--count", "2", self.folder / "people/labels.tsv")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines()]
        self.assertEqual(rows[0], ["pictures", "how many", "all kinds", "without polarity", "without whole",
                                   "without Otsu", "without Otsu twice", "without lines kept", "without stroke kept",
                                   "without untouched", "the usual one alone"])
        self.assertEqual([row[0] for row in rows[2:]],
                         ["**rendered**", *hard_pictures.KINDS, "**people**", "canvas", "photo", "mean over kinds",
                          "mean over sources"])
        figures = {row[0]: row[1:] for row in rows[2:]}
        self.assertEqual(figures["**rendered**"][0], str(2 * len(hard_pictures.KINDS)))
        self.assertEqual(figures["plain"], ["2", "100.0"] + 7 * ["50.0"] + ["0.0"])
        self.assertEqual(figures["photo"], ["2", "100.0"] + 7 * ["50.0"] + ["0.0"])
        self.assertEqual(figures["canvas"], ["1", "100.0"] + 8 * ["0.0"])
        self.assertEqual(figures["mean over kinds"], ["2", "100.0"] + 7 * ["25.0"] + ["0.0"])

    def test_counts_and_seeds_out_of_range_are_refused(self):
        for options, message in ((("--count", "3"), "--count is 3, must be from 1 to 2"),
                                 (("--count", "1", "--seed", "-1"), "--seed is -1, must be 0 or more")):
            done = self.run_script(*options)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn(message, done.stderr)


if __name__ == "__main__":
    unittest.main()
