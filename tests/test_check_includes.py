#!/usr/bin/python3
"""Tests check_includes.py on file trees that violate one rule each.

    tests/test_check_includes.py
"""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

import check_includes

TABLE = """
## The rooms

## Who may include whom

| room | may include |
|---|---|
| `core/include/digit/` | nothing else |
| `core/base/` | `core/include/digit/`, `<cjson/cJSON.h>` |
| `server/format/` | `core/include/digit/` |
| `server/http/` | `core/include/digit/`, `core/base/`, `server/format/`, `<microhttpd.h>` |
| `server/endpoints/` | `core/include/digit/`, `server/format/`, `server/http/` |
| `server/` | `core/include/digit/`, `server/format/`, `server/http/`, `server/endpoints/` |

The rooms of `core/` and `server/` are listed in their order. Inside `server/http/`, only
`loop.c` and `reply.c` include `<microhttpd.h>`: nobody else.
"""
LINKS = "add_library(digitd_server STATIC a.c)\ntarget_link_libraries(digitd_server\n  PUBLIC digit digit_cli m)\n"


class CheckIncludes(unittest.TestCase):
    """Each test writes a file tree, runs the check and compares its output."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("docs/architecture.md", TABLE)
        self.write("server/CMakeLists.txt", LINKS)

    def write(self, path, text):
        """Writes a file of the tree."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def run_check(self):
        """Runs the check and returns its exit code and output."""
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            code = check_includes.main(["check_includes.py", str(self.root)])
        return code, printed.getvalue()

    def assert_refused(self, path, include, words):
        """Asserts that `include`, written to line 2 of `path`, is reported with `words`."""
        self.write(path, f"/* first line */\n{include}\n")
        code, printed = self.run_check()
        self.assertEqual(code, 1)
        self.assertTrue(printed.startswith(f"{path}:2: "), printed)
        self.assertIn(words, printed)
        self.assertEqual(printed.count("\n"), 1)

    def test_a_tree_without_violations_passes(self):
        self.write("core/include/digit/model.h", "#include <stddef.h>\n#include <digit/status.h>\n")
        self.write("core/base/json.c", '#include <cjson/cJSON.h>\n#include "core/base/json.h"\n')
        self.write("server/http/reply.c", '#include <microhttpd.h>\n# include "server/format/text.h"\n')
        self.write("server/endpoints/all.c", '#include <digit/model.h>\n#include "server/http/reply.h"\n')
        self.write("server/main.c", '#include "server/server.h"\n#include "server/endpoints/all.h"\n')
        self.assertEqual(self.run_check(), (0, ""))

    def test_a_room_outside_the_row_is_refused(self):
        self.assert_refused(
            "server/endpoints/a.c", '#include "core/base/json.h"', "core/base/, and server/endpoints/"
        )

    def test_the_public_room_includes_no_other(self):
        self.assert_refused("core/include/digit/a.h", '#include "core/base/json.h"', "may not")

    def test_a_public_header_by_its_path_is_refused(self):
        self.assert_refused("core/base/a.c", '#include "core/include/digit/a.h"', "not a path from the root")

    def test_a_header_beside_the_file_is_refused(self):
        self.assert_refused("core/base/a.c", '#include "a.h"', "not a path from the root into a room")

    def test_an_inc_file_follows_the_rules_of_its_room(self):
        self.assert_refused("core/base/loops.inc", '#include "server/http/reply.h"', "and core/base/ may not")

    def test_an_endpoint_is_refused_in_the_room_below_it(self):
        self.assert_refused(
            "server/http/a.c", '#include "server/endpoints/all.h"', "server/endpoints/, and server/http/"
        )

    def test_the_outer_room_is_refused_in_the_rooms_inside_it(self):
        self.assert_refused("server/http/a.c", '#include "server/server.h"', "server/, and server/http/")

    def test_a_library_of_another_room_is_refused(self):
        self.assert_refused("server/a.c", "#include <cjson/cJSON.h>", "<cjson/cJSON.h>, and server/ may not")

    def test_a_library_that_no_row_names_is_refused(self):
        self.assert_refused("core/base/a.c", "#include <png.h>", "<png.h>, and core/base/ may not")

    def test_a_narrowed_library_is_refused_in_other_files(self):
        self.assert_refused("server/http/a.c", "#include <microhttpd.h>", "only loop.c, reply.c may")

    def test_a_narrowed_library_is_refused_in_other_rooms(self):
        self.assert_refused("server/main.c", "#include <microhttpd.h>", "<microhttpd.h>, and server/ may not")

    def test_a_file_in_no_room_is_refused(self):
        self.assert_refused("core/new/a.c", "#include <stdio.h>", "in no room")

    def test_a_second_library_behind_the_server_is_refused(self):
        self.write("server/CMakeLists.txt", LINKS.replace("digit_cli m", "digit_cli digit_train"))
        self.assertEqual(
            self.run_check(),
            (1, "server/CMakeLists.txt:3: links digit_train; the server links only digit and digit_cli\n"),
        )

    def test_a_server_without_the_library_is_refused(self):
        self.write("server/CMakeLists.txt", "# target_link_libraries(digitd_server digit)\n")
        self.assertEqual(self.run_check(), (1, "server/CMakeLists.txt:1: does not link digit\n"))

    def test_a_row_that_allows_a_room_below_it_is_refused(self):
        row = "| `server/http/` | `core/include/digit/`"
        self.write("docs/architecture.md", TABLE.replace(row, row + ", `server/endpoints/`"))
        code, printed = self.run_check()
        self.assertEqual(code, 1)
        self.assertIn("server/http/ may include server/endpoints/, which is listed below it", printed)

    def test_a_document_without_the_table_is_an_error(self):
        self.write("docs/architecture.md", "# Architecture\n")
        with self.assertRaises(ValueError):
            self.run_check()


if __name__ == "__main__":
    unittest.main()
