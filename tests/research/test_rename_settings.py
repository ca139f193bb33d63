#!/usr/bin/python3
"""Tests research/rename-settings on a small model file with old names.

    tests/research/test_rename_settings.py
"""

import json
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "research" / "rename-settings"
TENSORS = bytes(range(40))
OLD = {"name": "distilled", "seed": 5, "gentle_epochs": 14, "recompute_statistics": 0,
       "augment": {"seed": 100}, "style": {"flag_probability": 0.4}, "junk": {"share": 0.05},
       "gentle": {"mix": 1, "distort": 0, "style": 1, "junk": 1}, "repeat": {"images": 3, "times": 4}}
NEW = {"name": "shipped", "seed": 5, "final_epochs": 14, "augment": {"seed": 100},
       "variants": {"flag_probability": 0.4}, "outliers": {"probability": 0.05},
       "final": {"mixup": 1, "distort": 0, "variants": 1, "outliers": 1},
       "hard_examples": {"count": 3, "extra_samples": 4}}


def model_file(recipe):
    """The bytes of a safetensors file with one tensor and a training card."""
    header = {"__metadata__": {"format": "pt", "training": json.dumps({"recipe": recipe, "epochs_run": 9})},
              "conv1.weight": {"dtype": "F32", "shape": [10], "data_offsets": [0, 40]}}
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + TENSORS


def parts(content):
    """The header and the tensors of a model file."""
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8:8 + length]), content[8 + length:]


class RenameSettings(unittest.TestCase):
    """Only the names of settings change."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.model = Path(self.folder.name) / "model.safetensors"
        self.output = Path(self.folder.name) / "new.safetensors"

    def run_script(self, recipe):
        self.model.write_bytes(model_file(recipe))
        return subprocess.run([SCRIPT, self.model, self.output], capture_output=True, text=True)

    def test_settings_get_their_new_names_and_nothing_else_changes(self):
        self.assertEqual(self.run_script(OLD).returncode, 0)
        old, new = parts(self.model.read_bytes()), parts(self.output.read_bytes())
        card = json.loads(new[0]["__metadata__"].pop("training"))
        del old[0]["__metadata__"]["training"]
        self.assertEqual(card, {"recipe": NEW, "epochs_run": 9})
        self.assertEqual(new, old)

    def test_a_file_without_old_names_is_refused(self):
        done = self.run_script(NEW)
        self.assertEqual(done.returncode, 1)
        self.assertIn("has no old names", done.stderr)
        self.assertFalse(self.output.exists())


if __name__ == "__main__":
    unittest.main()
