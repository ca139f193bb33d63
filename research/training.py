"""Shared by the scripts of this folder: runs digitd-train and reads the training card of a model file."""

import json
import os
import pathlib
import struct
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def mnist_folder():
    """The folder of the MNIST files; ends the program if MNIST_DIR is not set."""
    program = os.path.basename(sys.argv[0])
    return os.environ.get("MNIST_DIR") or sys.exit(f"research/{program}: MNIST_DIR must name the MNIST files")


def card_of(model):
    """The training card in the metadata of a model file."""
    with open(model, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return json.loads(json.loads(file.read(length))["__metadata__"]["training"])


def train(build, recipe, model, settings, options=(), data=None):
    """Trains `recipe`, with `settings` overriding its own, on MNIST or `data`; returns the training card."""
    command = [build / "trainer/digitd-train", "--data", data or mnist_folder(), "--recipe", recipe,
               "--output", model, *options]
    for setting in settings:
        command += ["--set", setting]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return card_of(model)
