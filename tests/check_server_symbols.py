#!/usr/bin/env python3
"""Fails if the server's binary holds what only training needs.

    check_server_symbols.py DIGITD LIBDIGIT_TRAIN

DIGITD must have been linked without the backward passes of core/layers/ and without any function
or variable that LIBDIGIT_TRAIN, the archive of trainer/, defines. NM names another nm than "nm".
"""

import os
import subprocess
import sys

INFERENCE = "digit_context_predict"
COVERAGE = "__gcov"  # the counters of gcc's --coverage stay when the linker drops their function


def defined_symbols(path, *options):
    """Names of the symbols that a binary or the members of an archive define."""
    nm = os.environ.get("NM", "nm")
    lines = subprocess.run([nm, "--defined-only", "--format=posix", *options, path], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    names = {line.split()[0] for line in lines if not line.endswith(":")}
    return {name for name in names if not name.startswith(COVERAGE)}


def problems(server, training):
    """What is wrong with the server's symbols, one line each."""
    if INFERENCE not in server:
        yield f"no symbol {INFERENCE}: stripped, or not digitd"
    if not any("_backward" in name for name in training):
        yield "the training library has no backward pass: not libdigit_train.a"
    for name in sorted(server):
        if "_backward" in name:
            yield f"a backward pass: {name}"
    for name in sorted(server & training):
        yield f"a part of trainer/: {name}"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    found = list(problems(defined_symbols(sys.argv[1]), defined_symbols(sys.argv[2], "--extern-only")))
    for problem in found:
        print(f"{sys.argv[1]}: {problem}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
