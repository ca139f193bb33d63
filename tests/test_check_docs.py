#!/usr/bin/python3
"""Tests check_docs.py on file trees with one broken reference each.

    tests/test_check_docs.py
"""

import tempfile
import unittest
from pathlib import Path

import check_docs

MODEL = "# The model\n\n## Int8, and `more`\n\n## Again\n\n## Again\n\n```\n## not a heading\n```\n"


class CheckDocs(unittest.TestCase):
    """Each test writes a file tree and compares the references that are reported."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.names = []
        self.write("docs/model.md", MODEL)
        self.write("core/image/png.c", "/* docs/model.md */\n")

    def write(self, name, text):
        """Writes a file of the tree."""
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)
        self.names.append(name)

    def broken(self):
        """The references that check_docs reports."""
        return list(check_docs.broken_references(check_docs.Tree(self.root, self.names)))

    def test_valid_references_pass(self):
        self.write("README.md", "[a](docs/model.md#int8-and-more) [b](docs/) [c](#title) ![d](core/image/png.c)\n# Title\n"
                                "[e](https://example.org/x#y) [f](docs/model.md#again-1) `core/image/png.c` `core/`\n")
        self.write("docs/index.md", "[up](../README.md#title) [beside](model.md)\n")
        self.assertEqual(self.broken(), [])

    def test_a_link_to_a_missing_file_is_broken(self):
        self.write("docs/index.md", "\n[a](missing.md)\n")
        self.assertEqual(self.broken(), ["docs/index.md:2: docs/missing.md does not exist"])

    def test_a_link_out_of_the_repository_is_broken(self):
        self.write("README.md", "[a](../other/README.md)\n")
        self.assertEqual(len(self.broken()), 1)

    def test_a_link_to_a_missing_anchor_is_broken(self):
        self.write("README.md", "[a](docs/model.md#int9)\n[b](docs/model.md#not-a-heading)\n")
        self.assertEqual(self.broken(), ["README.md:1: docs/model.md has no heading for #int9",
                                         "README.md:2: docs/model.md has no heading for #not-a-heading"])

    def test_links_in_code_are_not_links(self):
        self.write("README.md", "`[a](missing.md)`\n```\n[b](missing.md)\n```\n")
        self.assertEqual(self.broken(), [])

    def test_a_missing_path_in_code_is_broken(self):
        self.write("README.md", "`core/image/jpeg.c` `core/NAME.c` `build/x` `jpeg.c` `core/*`\n")
        self.assertEqual(self.broken(), ["README.md:1: core/image/jpeg.c does not exist"])

    def test_paths_in_records_may_be_old(self):
        self.write("research/log.md", "`core/image/jpeg.c` [a](missing.md)\n")
        self.assertEqual(self.broken(), ["research/log.md:1: research/missing.md does not exist"])

    def test_a_reference_in_a_source_file_is_checked_with_its_anchor(self):
        self.write("core/a.h", "/* docs/model.md#int8-and-more\n * docs/model.md#cells docs/other.md */\n")
        self.assertEqual(self.broken(), ["core/a.h:2: docs/model.md has no heading for #cells",
                                         "core/a.h:2: docs/other.md does not exist"])

    def test_binary_files_are_skipped(self):
        self.write("core/image/a.png", "")
        (self.root / "core/image/a.png").write_bytes(b"\x89PNG\xff docs/missing.md")
        self.assertEqual(self.broken(), [])


if __name__ == "__main__":
    unittest.main()
