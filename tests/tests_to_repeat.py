#!/usr/bin/python3
"""Names the ctest tests that a sanitizer build has to repeat, and the programs that they need.

    tests/tests_to_repeat.py BUILD [--threads]      prints "TEST PROGRAM..." for each test, programs by their path
                                                    below BUILD, a configured and built folder

A test that runs no program of the build, such as a check of the sources, has the same result in every build and is
left out. With --threads so is a test none of whose programs can start a thread, set a signal handler or take a
lock: the thread sanitizer has nothing to say of it. A program can do so only if it imports a function that does,
because the linker drops unused sections, and with them their imports.
"""

import functools
import json
import re
import subprocess
import sys
from pathlib import Path

# pthreads and C11 threads, signal handlers, and the library whose daemon may start threads of its own.
THREADS = re.compile(r"(pthread|thrd|mtx|cnd)_\w+|sigaction|signal|MHD_start_daemon")
ELF = b"\x7fELF"


def is_program(path):
    """Whether `path` is an executable that the build made."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(ELF)) == ELF


def words_of(test):
    """The arguments of a test's command and the values of its environment variables."""
    words = list(test.get("command", []))
    for item in test.get("properties", []):
        if item["name"] == "ENVIRONMENT":
            words += [variable.partition("=")[2] for variable in item["value"]]
    return words


def programs_of(test, build):
    """The programs below `build` that a test names; all of them if it names the folder itself."""
    named = [Path(word) for word in words_of(test) if word.startswith(str(build))]
    if build in named:
        named += build.glob("*/digitd*")
    return sorted({path for path in named if path != build and is_program(path)})


def imports(program):
    """Names of the functions that a program takes from shared libraries."""
    done = subprocess.run(["nm", "--dynamic", "--undefined-only", "--format=posix", program],
                          capture_output=True, text=True, check=True)
    return {line.split()[0].partition("@")[0] for line in done.stdout.splitlines()}


@functools.cache
def uses_threads(program):
    return any(THREADS.fullmatch(name) for name in imports(program))


def main(arguments):
    build = Path(arguments[1]).resolve()
    shown = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"],
                           capture_output=True, text=True, check=True)
    for test in json.loads(shown.stdout)["tests"]:
        programs = programs_of(test, build)
        if "--threads" in arguments and not any(map(uses_threads, programs)):
            continue
        if programs:
            print(test["name"], *(path.relative_to(build) for path in programs))


if __name__ == "__main__":
    main(sys.argv)
