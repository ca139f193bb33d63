#!/usr/bin/python3
"""Checks the references between documents, and from the code to documents.

    tests/check_docs.py ROOT          prints each broken reference as file:line and exits 1 if there are any, 77 outside git

Checked in every committed file: relative links and images in Markdown, with their anchors; paths in `code` of Markdown
that begin with a folder of the repository, except in records (RECORDS), whose paths may be those of their day; and
mentions of Markdown files, as docs/model.md#int8, in sources, scripts and configuration.
"""

import re
import subprocess
import sys
from pathlib import Path

RECORDS = {"CHANGELOG.md", "research/log.md", "research/performance-log.md"}
EXAMPLES = {"tests/test_check_docs.py"}  # its references are broken on purpose
SKIPPED = 77
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*$")
CODE = re.compile(r"`([^`]+)`")
PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
MENTION = re.compile(r"(?<![\w./-])((?:[\w-]+/)+[\w-]+\.md)(#[\w-]+)?")


def anchor_of(heading):
    """The anchor that GitHub gives a heading."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    text = re.sub(r"[^\w\- ]", "", text.lower())
    return text.replace(" ", "-")


def prose(text):
    """(line number, line) of the lines outside fenced code."""
    fence = None
    for number, line in enumerate(text.splitlines(), 1):
        mark = re.match(r"\s*(```+|~~~+)", line)
        if fence is not None:
            fence = None if mark and mark[1].startswith(fence) else fence
        elif mark:
            fence = mark[1]
        else:
            yield number, line


def anchors_of(text):
    """All anchors of a Markdown text; a heading that occurs again has a number behind its anchor."""
    counts, anchors = {}, set()
    for _, line in prose(text):
        heading = HEADING.match(line)
        if heading:
            anchor = anchor_of(heading[1])
            count = counts[anchor] = counts.get(anchor, -1) + 1
            anchors.add(f"{anchor}-{count}" if count else anchor)
    return anchors


class Tree:
    """The committed files of a repository."""

    def __init__(self, root, names):
        self.root = Path(root)
        self.files = set(names)
        self.folders = {str(parent) for name in names for parent in Path(name).parents} - {"."}
        self.anchors = {}

    def text(self, name):
        """The text of a file, or None if it is not UTF-8 or is committed and deleted."""
        try:
            return (self.root / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            return None

    def has(self, name):
        """Whether a file or folder of that path is committed."""
        return name in self.files or name.rstrip("/") in self.folders

    def has_anchor(self, name, anchor):
        """Whether a Markdown file has the anchor."""
        if name not in self.anchors:
            self.anchors[name] = anchors_of(self.text(name) or "")
        return anchor in self.anchors[name]

    def why_broken(self, name, anchor):
        """What is wrong with a reference to a file and an anchor ("": none), or None."""
        if not self.has(name):
            return f"{name} does not exist"
        if anchor and not self.has_anchor(name, anchor):
            return f"{name} has no heading for #{anchor}"
        return None


def resolved(source, target):
    """The path from the root that a relative link in `source` has; "" if it leaves the repository."""
    parts = list(Path(source).parent.parts)
    for part in target.split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def broken_links(tree, name, text):
    """(line, why) of each broken link of a Markdown file."""
    for number, line in prose(text):
        for link in LINK.finditer(CODE.sub("`code`", line)):
            target, _, anchor = link[1].partition("#")
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            why = tree.why_broken(resolved(name, target) if target else name, anchor)
            if why:
                yield number, why


def broken_paths(tree, text):
    """(line, why) of each path in `code` that begins with a folder of the repository and does not exist."""
    roots = {folder for folder in tree.folders if "/" not in folder}
    for number, line in prose(text):
        for code in CODE.finditer(line):
            path = code[1].split(" ")[0]
            is_path = PATH.fullmatch(path) and path.partition("/")[0] in roots and "/" in path and "NAME" not in path
            if is_path and not tree.has(path):
                yield number, f"{path} does not exist"


def broken_mentions(tree, text):
    """(line, why) of each mention of a Markdown file in a source that does not exist."""
    for number, line in enumerate(text.splitlines(), 1):
        for mention in MENTION.finditer(line):
            if mention[1].partition("/")[0] in tree.folders:
                why = tree.why_broken(mention[1], (mention[2] or "")[1:])
                if why:
                    yield number, why


def broken_references(tree):
    """Yields "file:line: why" for each broken reference."""
    for name in sorted(tree.files - EXAMPLES):
        text = tree.text(name)
        if text is None:
            continue
        found = broken_mentions(tree, text)
        if name.endswith(".md"):
            found = [*broken_links(tree, name, text), *(() if name in RECORDS else broken_paths(tree, text))]
        for number, why in found:
            yield f"{name}:{number}: {why}"


def committed(root):
    """The names of all committed files, or None if the folder is not a git checkout."""
    command = ["git", "-c", "safe.directory=*", "-C", root, "ls-files", "-z"]
    done = subprocess.run(command, check=False, capture_output=True)
    return done.stdout.decode().split("\0")[:-1] if done.returncode == 0 else None


def main(arguments):
    """Exit code: 0 nothing to say, 1 broken references, 77 not a git checkout."""
    names = committed(arguments[1])
    if names is None:
        print(f"{arguments[1]} is not a git checkout: nothing was checked")
        return SKIPPED
    broken = list(broken_references(Tree(arguments[1], names)))
    for line in broken:
        print(line)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
