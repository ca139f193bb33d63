#!/usr/bin/python3
"""Tests research/uncertainty with a stub of the server whose uncertainty is the mean level of a picture.

    tests/research/test_uncertainty.py
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "research"))

import no_digits  # noqa: E402 (it is in research)

# Answers 422 to a picture with a single level, and otherwise an uncertainty equal to the mean level.
STUB = """#!/usr/bin/python3
import io, json
from http.server import BaseHTTPRequestHandler, HTTPServer
from PIL import Image, ImageStat

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # sends headers and body in one packet

    def do_POST(self):
        picture = Image.open(io.BytesIO(self.rfile.read(int(self.headers["Content-Length"]))))
        low, high = picture.getextrema()
        mean = ImageStat.Stat(picture).mean[0] / 255
        body = json.dumps({ANSWER}).encode()
        self.send_response(422 if low == high else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = HTTPServer(("127.0.0.1", 0), Handler)
print(json.dumps({"msg": "ready"}))
print(json.dumps({"msg": "listening", "port": server.server_port}), flush=True)
server.serve_forever()
"""
ANSWER = '{"uncertainty": mean, "uncertain": mean > 0.25}'


def load_script():
    """Loads research/uncertainty as a module; its file name has no suffix."""
    spec = spec_from_loader("uncertainty", SourceFileLoader("uncertainty", str(ROOT / "research/uncertainty")))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fonts():
    return no_digits.find_fonts("/usr/share/fonts/truetype/dejavu")


class Uncertainty(unittest.TestCase):
    """The table of a few pictures."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "server").mkdir()
        header = bytes.fromhex("00000803 00000014 0000001c 0000001c")
        pixels = np.zeros((20, 28, 28), np.uint8)
        pixels[:, 8:20, 12:16] = 200  # twenty ones
        (self.folder / "t10k-images-idx3-ubyte").write_bytes(header + pixels.tobytes())
        (self.folder / "clothes").mkdir()
        pixels[:, 2:26, 4:24] = 250
        (self.folder / "clothes/t10k-images-idx3-ubyte").write_bytes(header + pixels.tobytes())

    def run_script(self, *options, answer=ANSWER):
        """Runs the script and returns the finished process."""
        stub = self.folder / "server/digitd"
        stub.write_text(STUB.replace("{ANSWER}", answer))
        stub.chmod(0o755)
        return subprocess.run([ROOT / "research/uncertainty", "--build", self.folder, "--count", "12",
                               "--fashion", self.folder / "clothes", *options],
                              capture_output=True, text=True, check=False,
                              env=os.environ | {"MNIST_DIR": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"})

    def test_every_set_has_a_row(self):
        done = self.run_script("--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        rows = {row["set"]: row for row in json.loads(done.stdout)["sets"]}
        self.assertEqual(list(rows), ["MNIST test", *no_digits.SETS])
        digits, blank, clothes = rows["MNIST test"], rows["blank"], rows["Fashion-MNIST"]
        self.assertEqual((digits["pictures"], digits["auroc"], digits["uncertain"]), (20, None, 0))
        self.assertEqual((blank["refused"], blank["auroc"], blank["uncertain"]), (12, 1, 1))
        self.assertEqual((clothes["refused"], clothes["auroc"], clothes["uncertain"]), (0, 1, 1))

    def test_the_table_has_the_figures_of_the_json(self):
        done = self.run_script()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("| blank | 12 | 12 | 1.0000 | 100.00 % | 1.0000 |", done.stdout.splitlines())

    def test_a_server_without_uncertainty_is_refused(self):
        done = self.run_script(answer='{"confidence": mean}')
        self.assertEqual(done.returncode, 1)
        self.assertIn('the answer has no "uncertainty"', done.stderr)

    def test_a_count_of_zero_is_refused(self):
        done = self.run_script("--count", "0")
        self.assertIn("--count is 0, must be 1 or more", done.stderr)

    def test_auroc_is_the_share_of_ordered_pairs(self):
        auroc = load_script().auroc
        self.assertEqual(auroc(np.array([3.0, 4.0]), np.array([2.0, 1.0])), 1)
        self.assertEqual(auroc(np.array([1.0, 2.0]), np.array([3.0, 4.0])), 0)
        self.assertEqual(auroc(np.array([1.0, 1.0]), np.array([1.0, 1.0])), 0.5)
        self.assertEqual(auroc(np.array([2.0]), np.array([1.0, 2.0, 3.0, 0.0])), 0.625)

    def test_sets_are_reproducible_and_their_pictures_differ(self):
        sources = no_digits.Sources(np.zeros((5, 28, 28), np.uint8), np.zeros((5, 28, 28), np.uint8), fonts())
        for name in ("letters", "symbols", "scribbles", "smooth noise", "gaussian noise"):
            first = [picture.tobytes() for picture in no_digits.pictures(name, 6, sources)]
            self.assertEqual(first, [picture.tobytes() for picture in no_digits.pictures(name, 6, sources)])
            self.assertEqual(len(set(first)), 6)

    def test_half_of_a_digit_is_erased(self):
        full = np.full((1, 28, 28), 255, np.uint8)
        for picture in no_digits.pictures("halves of digits", 8, no_digits.Sources(full, full, [])):
            self.assertEqual(np.asarray(picture).sum(), 255 * 28 * 14)


if __name__ == "__main__":
    unittest.main()
