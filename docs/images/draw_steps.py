#!/usr/bin/python3
"""Draws the strips of docs/recognition.md, steps-*.png in this folder: hard pictures after each step.

    MNIST_DIR=mnist docs/images/draw_steps.py [BUILD]        rewrites them

The pictures are those of research/hard_pictures.py, which show MNIST's training digits; MNIST_DIR names the folder of
the MNIST files. digitd-steps of BUILD (default: build/release) draws the strips.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "research"))

import hard_pictures as hard  # noqa: E402 (it is in research)

SEED = 1  # the default of research/hard-pictures
# Pictures that are classified correctly: kind and number in research/hard-pictures.
CORRECT = {"gradient": 2, "shadow": 2, "pencil": 15, "thin": 2, "thick": 2, "squared": 92, "box": 35, "desk": 2,
        "specks": 15, "low resolution": 9}


def scene(seed, side_px, ink=0.2):
    """A sheet of 360x300 px with a digit of `side_px` in the middle."""
    paper = np.full((300, 360, 3), 0.85)
    return hard.Scene(np.random.default_rng(seed), paper, np.full(3, ink), side_px, (180, 150))


def faded(digits):
    """A pen that runs dry from left to right."""
    taken = scene(4, 240)
    taken.ink = np.linspace(-1.2, 2, 360)[None, :, None]
    return hard.expose(taken, digits[2])


def touched_desk(digits):
    """A digit that continues onto a desk that is as dark as the ink."""
    taken = scene(1, 240)
    taken.paper = hard.drawn_on(taken.paper, lambda pen: pen.rectangle([0, 0, 170, 299], hard.grey(0.3)))
    return hard.expose(taken, digits[9])


def thick_lines(digits):
    """A fine pen on paper whose lines are thicker than its strokes."""
    taken = scene(2, 200)
    taken.weight_px = -0.6

    def draw(pen):
        for y in range(65, 300, 80):
            pen.line([(0, y), (359, y)], hard.grey(0.4), 12)

    taken.paper = hard.drawn_on(taken.paper, draw)
    return hard.expose(taken, digits[6])


def touching(digits):
    """Two digits that touch."""
    taken = scene(3, 180)
    taken.middle_px = (130, 150)
    left = hard.placed(hard.shape_of(digits[5], 180), taken.size_px, (130, 150))
    taken.paper = taken.paper * (1 - left) + 0.2 * left
    taken.middle_px = (204, 150)
    return hard.expose(taken, digits[3])


def cluttered(digits):
    """A 28x28 picture with an off-centre digit and a second object."""
    levels = np.zeros((28, 28))
    levels[:24, :20] = digits[9][4:, 4:24] / 255
    levels[22:26, 19:27] = 0.8
    return hard.picture_of(levels)


# Pictures that are misclassified: kind and number of a rendered picture, or a function that draws one.
FAILS = {"polarity": ("desk", 28), "faded": faded, "pieces": ("thin", 93), "touched desk": touched_desk,
         "thick lines": thick_lines, "touching": touching, "cluttered": cluttered}


def draw_strip(program, name, data):
    """Writes steps-NAME.png for the bytes of a picture file."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "picture"
        picture.write_bytes(data)
        strip = FOLDER / f"steps-{name.replace(' ', '-')}.png"
        subprocess.run([program, picture, strip], check=True, stdout=subprocess.DEVNULL)


def main():
    build = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build/release"
    program = build / "tools/digitd-steps"
    images, _ = hard.read_digits(os.environ.get("MNIST_DIR", ""))
    for kind, number in CORRECT.items():
        draw_strip(program, kind, hard.take(kind, images[number], (SEED, number)).data)
    for name, what in FAILS.items():
        if callable(what):
            taken = hard.packed(what(images), name)
        else:
            taken = hard.take(what[0], images[what[1]], (SEED, what[1]))
        draw_strip(program, f"fails {name}", taken.data)


if __name__ == "__main__":
    main()
