#!/usr/bin/python3
"""Tests research/recognition with stubs of the server and of digitd-eval.

    tests/research/test_recognition.py
"""

import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The body of a "picture" is the status and the answer to it.
SERVER = """#!/usr/bin/python3
import json
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # sends headers and body in one packet

    def do_POST(self):
        picture = self.rfile.read(int(self.headers["Content-Length"]))
        if picture.startswith(b"\\x89PNG"):
            status, body = 200, json.dumps({"digit": 7, "uncertainty": 0.1, "uncertain": False})
        else:
            status, body = picture.decode().split(" ", 1)
        assert ("digits=many" in self.path) == ("digits" in json.loads(body) or "many" in body)
        self.send_response(int(status))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass

server = HTTPServer(("127.0.0.1", 0), Handler)
print(json.dumps({"msg": "listening", "port": server.server_port}), flush=True)
server.serve_forever()
"""

# The naive pipeline misreads files whose name begins with "n".
EVAL = """#!/usr/bin/python3
import json, pathlib, sys
options = dict(zip(sys.argv[1:-1:2], sys.argv[2:-1:2]))
assert sys.argv[-1] == "--json" and options["--pipeline"] == "naive" and options["--model"] == "some.safetensors"
table = pathlib.Path(options["--images"])
rows = [line.split("\\t") for line in table.read_text().splitlines()][1:]
assert all((table.parent / row[0]).is_file() and row[1] in "0123456789" for row in rows)
print(json.dumps({"wrong": [{"file": row[0]} for row in rows if pathlib.Path(row[0]).name.startswith("n")]}))
"""


def digit(value, uncertain=False, warnings=()):
    """An answer to a picture of one digit."""
    return {"digit": value, "uncertainty": 0.4 if uncertain else 0.01, "uncertain": uncertain,
            "input": {"warnings": list(warnings)}}


def number(text, uncertain_digits=0, **whole):
    """An answer to a picture of a number; `whole` are members that say something of all of it."""
    parts = [digit(int(value), i < uncertain_digits, ["touches_edge"]) for i, value in enumerate(text)]
    return {"digits": text, "predictions": parts, **whole}


ROWS = [  # file, label, kind, source, query, status, answer
    ("a.png", "3", "pen", "one", "", 200, digit(3)),
    ("n.png", "3", "pen", "one", "", 200, digit(3, uncertain=True)),
    ("b.png", "3", "pen", "two", "", 200, digit(5, uncertain=True, warnings=["blank", "low_contrast"])),
    ("nn.png", "4", "photo", "two", "", 200, digit(5)),
    ("c.png", "4", "photo", "two", "", 422, {"detail": "no digit"}),
    ("d.png", "42", "number", "three", "?digits=many", 200, number("42")),
    ("e.png", "42", "number", "three", "?digits=many", 200, number("412", uncertain_digits=1)),
    ("f.png", "42", "number", "three", "?digits=many", 200, number("4", 0, uncertain=True, confidence=0.25)),
    ("g.png", "42", "number", "three", "?digits=many", 200, number("42", 1, uncertain=False, confidence=0.75)),
    ("h.png", "", "number", "three", "?digits=many", 200, number("")),
]


class Recognition(unittest.TestCase):
    """The tables of a few pictures."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name) / "some-set"
        for name in ("server", "trainer"):
            (self.folder / name).mkdir(parents=True)
        for path, text in (("server/digitd", SERVER), ("trainer/digitd-eval", EVAL)):
            (self.folder / path).write_text(text)
            (self.folder / path).chmod(0o755)
        self.write_table(ROWS)

    def write_table(self, rows):
        """Writes labels.tsv and the files that it names."""
        lines = ["file\tlabel\tkind\tsource\tquery"]
        for name, label, kind, source, query, status, answer in rows:
            (self.folder / name).write_text(f"{status} {json.dumps(answer)}")
            lines.append("\t".join((name, label, kind, source, query)))
        (self.folder / "labels.tsv").write_text("\n".join(lines) + "\n")

    def run_script(self, *options):
        """Runs the script and returns the finished process."""
        environment = os.environ | {"MNIST_DIR": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run([ROOT / "research/recognition", "--build", self.folder, "--model", "some.safetensors",
                               *options], capture_output=True, text=True, check=False, env=environment)

    def measured(self, *options):
        """The sets of the JSON."""
        done = self.run_script(*options, "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)["sets"]

    def test_figures_of_all_pictures(self):
        (found,) = self.measured(self.folder / "labels.tsv")
        self.assertEqual(found["set"], "some-set")
        self.assertEqual(found["all"], {"pictures": 10, "right": 0.5, "naive": 0.6, "misses": 5,
                                        "misses uncertain": 0.8, "right uncertain": 0.2, "refused": 1})

    def test_figures_of_kinds_and_sources(self):
        (found,) = self.measured(self.folder / "labels.tsv")
        self.assertEqual(list(found["kinds"]), ["number", "pen", "photo"])
        self.assertEqual(found["kinds"]["pen"]["right"], 2 / 3)
        self.assertEqual(found["kinds"]["pen"]["naive"], 2 / 3)
        self.assertEqual(found["kinds"]["photo"], {"pictures": 2, "right": 0, "naive": 0.5, "misses": 2,
                                                   "misses uncertain": 0.5, "right uncertain": None, "refused": 1})
        self.assertIsNone(found["kinds"]["number"]["naive"])
        self.assertAlmostEqual(found["mean over kinds"]["right"], (3 / 5 + 2 / 3 + 0) / 3)
        self.assertAlmostEqual(found["mean over kinds"]["naive"], (2 / 3 + 1 / 2) / 2)
        self.assertAlmostEqual(found["mean over sources"]["right"], (1 + 0 + 3 / 5) / 3)

    def test_misses_are_listed_with_what_the_answer_says(self):
        (found,) = self.measured(self.folder / "labels.tsv")
        missed = {miss["file"]: miss for miss in found["missed"]}
        self.assertEqual(list(missed), ["b.png", "nn.png", "c.png", "e.png", "f.png"])
        self.assertEqual(missed["b.png"]["warnings"], ["blank", "low_contrast"])
        self.assertEqual((missed["c.png"]["answer"], missed["c.png"]["refused"]), ("no digit", True))
        self.assertEqual((missed["e.png"]["answer"], missed["e.png"]["uncertainty"]), ("412", 0.4))
        self.assertEqual(missed["e.png"]["warnings"], ["touches_edge"])
        self.assertEqual((missed["f.png"]["uncertain"], missed["f.png"]["uncertainty"]), (True, 0.75))

    def test_the_table_has_the_figures_of_the_json(self):
        done = self.run_script(self.folder / "labels.tsv", "--misses")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = done.stdout.splitlines()
        self.assertIn("| **all** | 10 | 50.0 | 60.0 | 5 | 80.0 | 20.0 | 1 |", lines)
        self.assertIn("| photo | 2 | 0.0 | 50.0 | 2 | 50.0 |  | 1 |", lines)
        self.assertIn("| mean over kinds | 3 | 42.2 | 58.3 |  |  |  |  |", lines)
        self.assertIn("| b.png | 3 | 5 | 0.400, uncertain | blank, low_contrast |", lines)
        self.assertIn("| c.png | 4 | refused: no digit | 1.000, uncertain |  |", lines)

    def test_mnist_is_posted_as_png(self):
        pixels = bytes(range(196)) * 12
        (self.folder / "t10k-images-idx3-ubyte").write_bytes(
            bytes.fromhex("00000803 00000003 0000001c 0000001c") + pixels)
        (self.folder / "t10k-labels-idx1-ubyte").write_bytes(bytes.fromhex("00000801 00000003 070307"))
        (found,) = self.measured("--mnist", "2")
        self.assertEqual(found["set"], "MNIST test")
        self.assertEqual((found["all"]["pictures"], found["all"]["right"], found["all"]["naive"]), (2, 0.5, 1))
        self.assertNotIn("kinds", found)

    def test_labels_of_several_digits_are_numbers_if_there_are_no_queries(self):
        table = self.folder / "labels.tsv"
        lines = [line.split("\t") for line in table.read_text().splitlines()]
        table.write_text("".join(f"{line[0]}\t{line[1]}\n" for line in lines[:-1]))  # the last one has no label
        (found,) = self.measured(table)
        self.assertEqual((found["all"]["pictures"], found["all"]["right"], found["all"]["naive"]), (9, 4 / 9, 0.6))

    def test_another_error_ends_the_program(self):
        self.write_table([("a.png", "3", "pen", "one", "", 503, {"detail": "draining"})])
        done = self.run_script(self.folder / "labels.tsv")
        self.assertEqual((done.returncode, done.stderr), (1, "recognition: 503: draining\n"))

    def test_tables_and_options_that_are_wrong_are_refused(self):
        self.write_table([])
        self.assertIn("no rows", self.run_script(self.folder / "labels.tsv").stderr)
        (self.folder / "labels.tsv").write_text("file\tdigit\n")
        self.assertIn('no column is named "label"', self.run_script(self.folder / "labels.tsv").stderr)
        self.assertIn("a LABELS.tsv or --mnist is required", self.run_script().stderr)
        self.assertIn("--mnist is -1, must be 0 or more", self.run_script("--mnist", "-1").stderr)


if __name__ == "__main__":
    unittest.main()
