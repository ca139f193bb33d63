#!/usr/bin/python3
"""Holds the code to "Who may include whom" in docs/architecture.md.

    tests/check_includes.py ROOT          prints each violation as file:line and exits 1 if there are any

Checked: every #include of a .c, .h or .inc file in the rooms of the table; the sentence under it about which
files include <microhttpd.h>; that the rooms which another sentence says are listed in their order are; that no
files include each other in a circle; and that server/CMakeLists.txt links digit, and beside it no
library of ours but digit_cli.
"""

import re
import sys
from pathlib import Path

HEADING = "## Who may include whom"
PUBLIC_ROOM = "core/include/digit/"
SOURCE_FOLDERS = ("core", "cli", "trainer", "server", "bench", "tools")
# The library that the server must link, the one that it may link, too, and what else a link line may say
# beside imported targets and the libraries that the same CMake file makes.
INFERENCE = "digit"
OPTIONS = "digit_cli"
LINK_WORDS = {"PUBLIC", "PRIVATE", "INTERFACE", "m"}
# Headers of libraries: free to none but the rooms whose row names them. All other <...> are C, POSIX
# or the compiler's.
LIBRARY_HEADERS = re.compile(
    r"(png|stb_\w+|microhttpd|zlib|sha2|cmocka|curl/.*|cjson/.*)\.h|cJSON\.h"
)
SUFFIXES = {".c", ".h", ".inc"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Rules:
    """The table and the two sentences under it."""

    def __init__(self, text):
        section = text.partition(HEADING)[2].partition("\n## ")[0]
        if not section:
            raise ValueError(f'no section "{HEADING}"')
        self.allowed = {}
        for line in section.splitlines():
            cells = [re.findall(r"`([^`]+)`", cell) for cell in line.split("|")[1:-1]]
            if len(cells) == 2 and len(cells[0]) == 1:
                self.allowed[cells[0][0]] = set(cells[1])
        if not self.allowed:
            raise ValueError(f'no table under "{HEADING}"')
        ordered = re.search(r"The rooms of (.*?) are listed in their order", section, re.DOTALL)
        self.ordered = re.findall(r"`([^`]+)`", ordered.group(1)) if ordered else []
        sentence = re.search(r"Inside\s+`(\S+)`, only\s(.*?)\sinclude\s+`<(\S+)>`", section, re.DOTALL)
        if sentence is None:
            raise ValueError(f'no "Inside ..., only ... include ..." under "{HEADING}"')
        self.narrowed_room, files, self.narrowed_header = sentence.groups()
        self.narrowed_to = set(re.findall(r"`([^`]+)`", files))

    def room_of(self, path):
        """The row for a file: the longest room whose folder holds it, or None."""
        rooms = [room for room in self.allowed if path.startswith(room)]
        return max(rooms, key=len, default=None)

    def order_violations(self):
        """Yields a line for each row of an ordered folder that allows a room of this folder below it."""
        for folder in self.ordered:
            rooms = [room for room in self.allowed if room.startswith(folder)]
            for above, room in enumerate(rooms):
                for target in rooms[above + 1 :]:
                    if target in self.allowed[room]:
                        yield f"docs/architecture.md: {room} may include {target}, which is listed below it"

    def refusal(self, source, bracket, name):
        """Why the file `source` may not include `name`, or None if it may."""
        room = self.room_of(source)
        if room is None:
            return "is in no room of the table"
        if bracket == "<" and not name.startswith("digit/"):
            return self.library_refusal(source, room, name)
        target = PUBLIC_ROOM if bracket == "<" else self.room_of(name)
        if bracket == '"' and target in (None, PUBLIC_ROOM):
            return f'includes "{name}", which is not a path from the root into a room'
        if target != room and target not in self.allowed[room]:
            return f"includes {target}, and {room} may not"
        return None

    def library_refusal(self, source, room, name):
        """Why the file may not include the library header <name>, or None."""
        if f"<{name}>" not in self.allowed[room]:
            known = any(f"<{name}>" in cells for cells in self.allowed.values())
            if known or LIBRARY_HEADERS.fullmatch(name):
                return f"includes <{name}>, and {room} may not"
        elif name == self.narrowed_header and room == self.narrowed_room:
            if Path(source).name not in self.narrowed_to:
                return f"includes <{name}>; in {room} only {', '.join(sorted(self.narrowed_to))} may"
        return None


def include_violations(root, rules):
    """Yields "file:line: why" for each include that the rules refuse."""
    for folder in SOURCE_FOLDERS:
        for path in sorted(p for p in (root / folder).rglob("*.*") if p.suffix in SUFFIXES):
            source = path.relative_to(root).as_posix()
            for number, line in enumerate(path.read_text().splitlines(), 1):
                include = INCLUDE.match(line)
                why = include and rules.refusal(source, *include.groups())
                if why:
                    yield f"{source}:{number}: {why}"


def included_files(root):
    """{file without its ending: {files of the project that it includes, without theirs}}: x.c and x.h are one."""
    graph = {}
    for folder in SOURCE_FOLDERS:
        for path in sorted(p for p in (root / folder).rglob("*.*") if p.suffix in SUFFIXES):
            name = path.relative_to(root).with_suffix("").as_posix()
            edges = graph.setdefault(name, set())
            for line in path.read_text().splitlines():
                include = INCLUDE.match(line)
                if include and include.group(1) == '"':
                    edges.add(Path(include.group(2)).with_suffix("").as_posix())
            edges.discard(name)
    return graph


def reachable(graph, start):
    """The files that `start` includes, directly or through others."""
    found, open_files = set(), [start]
    while open_files:
        for name in graph.get(open_files.pop(), ()):
            if name not in found:
                found.add(name)
                open_files.append(name)
    return found


def circle_violations(root):
    """Yields a line for each circle of includes, which names its files."""
    graph = included_files(root)
    below = {name: reachable(graph, name) for name in graph}
    seen = set()
    for name in graph:
        circle = {other for other in below[name] if name in below.get(other, ())}
        if circle and name not in seen:
            seen |= circle
            yield f"files include each other in a circle: {', '.join(sorted(circle))}"


def link_violations(root):
    """Yields "file:line: why" for each library of the project but `digit` and `digit_cli` that the server links."""
    path = root / "server" / "CMakeLists.txt"
    text = "\n".join(line.partition("#")[0] for line in path.read_text().splitlines())
    own = set(re.findall(r"add_library\(\s*(\w+)", text))
    linked_digit = False
    for command in re.finditer(r"target_link_libraries\(\s*\S+([^)]*)\)", text):
        for word in re.finditer(r"[^\s]+", command.group(1)):
            name = word.group()
            linked_digit = linked_digit or name == INFERENCE
            if name in LINK_WORDS | own | {INFERENCE, OPTIONS} or "::" in name:
                continue
            line = text.count("\n", 0, command.start(1) + word.start()) + 1
            yield f"server/CMakeLists.txt:{line}: links {name}; the server links only {INFERENCE} and {OPTIONS}"
    if not linked_digit:
        yield f"server/CMakeLists.txt:1: does not link {INFERENCE}"


def main(arguments):
    """Exit code: 0 nothing to say, 1 violations."""
    root = Path(arguments[1])
    rules = Rules((root / "docs" / "architecture.md").read_text())
    violations = [*rules.order_violations(), *include_violations(root, rules), *circle_violations(root),
                  *link_violations(root)]
    for violation in violations:
        print(violation)
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
