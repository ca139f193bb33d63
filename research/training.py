"""What the scripts of this folder that train share: running digitd-train and reading what it leaves."""

import json
import os
import pathlib
import struct
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def mnist_folder():
    """The folder of the MNIST files; ends the program if the environment does not name it."""
    program = os.path.basename(sys.argv[0])
    return os.environ.get("MNIST_DIR") or sys.exit(f"research/{program}: MNIST_DIR must name the MNIST files")


def card_of(model):
    """What a model file says of its training."""
    with open(model, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        return json.loads(json.loads(file.read(length))["__metadata__"]["training"])


def train(build, recipe, model, settings, options=(), data=None):
    """Trains by a recipe with settings in place of its own, on MNIST or `data`; returns the model file's card."""
    command = [build / "trainer/digitd-train", "--data", data or mnist_folder(), "--recipe", recipe,
               "--output", model, *options]
    for setting in settings:
        command += ["--set", setting]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return card_of(model)
