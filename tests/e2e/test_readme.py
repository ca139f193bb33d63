"""Runs the curl commands of the README and compares the answers with those that it shows."""

import json
import subprocess

import pytest

from digitd import ROOT

ADDRESS = "127.0.0.1:8080"
PROMPT = "$ curl "
# Sums of floats may be rounded differently by another compiler or processor.
TOLERANCE = 1e-4


def commands():
    """[(command, the lines below it)] for each curl command of the README."""
    lines = [line.strip() for line in (ROOT / "README.md").read_text().splitlines()]
    return [(line.removeprefix("$ "), lines[i + 1:]) for i, line in enumerate(lines) if line.startswith(PROMPT)]


def shown(lines):
    """The JSON value that begins on the first line and may span several lines."""
    answer, _ = json.JSONDecoder().raw_decode("\n".join(lines))
    return answer


def run(command, server):
    """Runs a curl command against `server` and returns its answer."""
    assert ADDRESS in command
    command = command.replace(ADDRESS, f"{server.host}:{server.port}")
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, check=True, timeout=30)
    return json.loads(done.stdout)


def test_the_first_command_answers_as_shown(server):
    command, below = commands()[0]
    answer, expected = run(command, server), shown(below)
    assert answer["digit"] == expected["digit"]
    assert answer["model"] == expected["model"]
    assert answer["input"] == expected["input"]
    assert answer["probabilities"] == pytest.approx(expected["probabilities"], abs=TOLERANCE)


def test_the_json_command_answers_the_same(server):
    (first, _), (as_json, _) = commands()
    assert "Content-Type: application/json" in as_json
    answer, expected = run(as_json, server), run(first, server)
    assert answer["probabilities"] == expected["probabilities"]
