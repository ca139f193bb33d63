#!/usr/bin/python3
"""Sums up gcov's counts: lines and branches that ran, by folder.

    tests/coverage_by_room.py ROOT BUILD [FILES]      prints a row for each folder of source files below ROOT, tests
                                                      left out; writes a row for each file to FILES

BUILD was compiled with gcc's --coverage and its programs have run. A line of a header, or of an .inc file that
several files include, counts as run if it ran in any of them; so does each of its branches. A source file that no
program was linked with has no counts and is listed with none of its lines run.
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

LEFT_OUT = ("tests/", "build/")


class Counts:
    """How often each line and each branch of one source file ran."""

    def __init__(self):
        self.lines = defaultdict(int)
        self.branches = defaultdict(int)

    def add(self, line):
        """A line as gcov's JSON describes it."""
        number = line["line_number"]
        self.lines[number] += line["count"]
        for place, branch in enumerate(line["branches"]):
            self.branches[number, place] += branch["count"]


def read_gcov(build, notes):
    """What `gcov` says of one object file: a list of source files."""
    done = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", notes],
                          cwd=build, capture_output=True, check=True)
    return [file for text in done.stdout.splitlines() for file in json.loads(text)["files"]]


def collect(root, build):
    """Counts by the path below `root` of each source file."""
    counts = defaultdict(Counts)
    notes = sorted(path.resolve() for path in build.rglob("*.gcno"))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for files in pool.map(lambda path: read_gcov(build, path), notes):
            for file in files:
                path = (build / file["file"]).resolve()
                name = path.relative_to(root).as_posix() if path.is_relative_to(root) else None
                if name is not None and not name.startswith(LEFT_OUT):
                    for line in file["lines"]:
                        counts[name].add(line)
    return counts


def percentage(part, whole):
    return f"{100 * part / whole:.1f} %" if whole > 0 else "-"


def row(name, counts):
    """Name, lines that ran, lines, percentage, and the same of branches."""
    cells = [name]
    for kind in ("lines", "branches"):
        values = [value for file in counts for value in getattr(file, kind).values()]
        ran = sum(value > 0 for value in values)
        cells += [str(ran), str(len(values)), percentage(ran, len(values))]
    return cells


HEAD = ["folder", "lines run", "of", "", "branches run", "of", ""]


def table(rows):
    """Rows of text in columns, the first one to the left."""
    widths = [max(len(cells[i]) for cells in rows) for i in range(len(rows[0]))]
    return "".join(
        "  ".join([cells[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in
                                                 zip(cells[1:], widths[1:])]).rstrip() + "\n"
        for cells in rows
    )


def by_folder(counts):
    folders = defaultdict(list)
    for name in sorted(counts):
        folders[name.rpartition("/")[0]].append(counts[name])
    rows = [row(folder, files) for folder, files in sorted(folders.items())]
    return table([HEAD, *rows, row("all", counts.values())])


def by_file(counts):
    return table([["file", *HEAD[1:]], *(row(name, [counts[name]]) for name in sorted(counts))])


def main(arguments):
    root, build = (Path(name).resolve() for name in arguments[1:3])
    counts = collect(root, build)
    if not counts:
        sys.exit(f"coverage_by_room: no counts in {build}; build it with the preset coverage and run its tests")
    print(by_folder(counts), end="")
    if len(arguments) > 3:
        Path(arguments[3]).write_text(by_file(counts))


if __name__ == "__main__":
    main(sys.argv)
