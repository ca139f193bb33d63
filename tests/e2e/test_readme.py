"""The README's curl, run as it stands there, against the answer that it shows."""

import json
import shlex
import subprocess

import pytest

from digitd import ROOT

ADDRESS = "127.0.0.1:8080"
# Sums of floats may round differently in another compiler's code.
TOLERANCE = 1e-4


def shown():
    """The command and the answer below it, as the README has them."""
    lines = [line.strip() for line in (ROOT / "README.md").read_text().splitlines()]
    at = next(i for i, line in enumerate(lines) if line.startswith("$ curl"))
    return lines[at].removeprefix("$ "), json.loads(lines[at + 1])


def test_the_curl_answers_as_shown(server):
    command, expected = shown()
    assert ADDRESS in command
    command = command.replace(ADDRESS, f"{server.host}:{server.port}")
    done = subprocess.run(
        shlex.split(command), cwd=ROOT, capture_output=True, check=True, timeout=30
    )
    answer = json.loads(done.stdout)
    assert answer["digit"] == expected["digit"]
    assert answer["model"] == expected["model"]
    assert answer["probabilities"] == pytest.approx(expected["probabilities"], abs=TOLERANCE)
