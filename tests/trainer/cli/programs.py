"""Shared by the tests that run digitd-train and digitd-eval as programs.

DIGITD_TRAIN and DIGITD_EVAL name the binaries; ctest sets them.
"""

import gzip
import json
import os
import struct
import subprocess
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
TINY = ROOT / "tests" / "fixtures" / "recipes" / "tiny.json"
TRAIN = os.environ["DIGITD_TRAIN"]
EVAL = os.environ["DIGITD_EVAL"]
USAGE = 2
TIMEOUT_S = 100


def draw_bars(count):
    """Images of bars whose height depends on the label, and the labels."""
    noise = np.random.default_rng(count)
    labels = np.arange(count, dtype=np.uint8) % 10
    images = noise.integers(0, 80, (count, 28, 28), dtype=np.uint8)
    for image, label in zip(images, labels):
        image[4 + 2 * label:6 + 2 * label, 4:24] += 150
    return images, labels


def draw_normalised(count):
    """MNIST-normalised images of bars whose thickness depends on the label, and the labels."""
    labels = np.arange(count, dtype=np.uint8) % 10
    images = np.zeros((count, 28, 28), dtype=np.uint8)
    for image, label in zip(images, labels):
        image[13 - label:15 + label, 4:24] = 200
    return images, labels


def images_file(images):
    """The bytes of an IDX file of images."""
    return struct.pack(">4I", 0x803, *images.shape) + images.tobytes()


def labels_file(labels):
    """The bytes of an IDX file of labels."""
    return struct.pack(">2I", 0x801, len(labels)) + labels.tobytes()


def write_part(folder, part, count, draw=draw_bars):
    """Writes the two files of a part, images compressed, labels not."""
    images, labels = draw(count)
    with gzip.open(folder / f"{part}-images-idx3-ubyte.gz", "wb") as file:
        file.write(images_file(images))
    (folder / f"{part}-labels-idx1-ubyte").write_bytes(labels_file(labels))


def environment(**more):
    """This process's environment without MNIST_DIR."""
    variables = {name: value for name, value in os.environ.items() if name != "MNIST_DIR"}
    return {**variables, **more}


def run(program, *arguments, **variables):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                          timeout=TIMEOUT_S, env=environment(**variables))


def start(arguments):
    """Like run, but returns the running process, whose output can be read."""
    return subprocess.Popen(list(map(str, arguments)), stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, env=environment())


def end_after_epoch(arguments, epoch, number):
    """Runs a training until it has printed an epoch, then sends it a signal."""
    with start(arguments) as process:
        for line in process.stdout:
            if line.startswith(f"Epoch {epoch}/"):
                break
        process.send_signal(number)
        output, errors = process.communicate(timeout=TIMEOUT_S)
    return subprocess.CompletedProcess(arguments, process.returncode, output, errors)


def metadata(path):
    """The metadata of a safetensors file."""
    content = path.read_bytes()
    size = struct.unpack("<Q", content[:8])[0]
    return json.loads(content[8:8 + size])["__metadata__"]


def assert_fails(done, name, message, code=1):
    """The program printed nothing but one line on standard error, with this message."""
    assert done.stdout == ""
    assert_complains(done, name, message, code)


def assert_complains(done, name, message, code=1):
    """The same for a program that may have printed to standard output before."""
    assert done.stderr.startswith(f"{name}: ") and done.stderr.count("\n") == 1, done.stderr
    assert message in done.stderr
    assert done.returncode == code
