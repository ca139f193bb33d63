#!/usr/bin/python3
"""Draws zero.png to nine.png in this folder: digits written with a pen on white paper.

    docs/images/draw_digits.py        rewrites them

Each stroke is a smooth curve through points chosen by hand. The pen trembles slightly and its pressure varies,
in the same way in every run.
"""

import random
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parent
SIDE_PX = 200
SUPERSAMPLING = 4
PEN_RADIUS_PX = 5.2
TREMBLE_PX = 0.9
STEPS = 24  # positions of the pen between two points
PAPER, INK = 255, 28

# Strokes in a picture of 200 by 200, x to the right and y down.
STROKES = {
    "zero": [[(112, 38), (80, 48), (62, 90), (66, 140), (94, 166), (128, 146), (140, 98), (130, 52), (104, 36)]],
    "one": [[(92, 58), (101, 50), (110, 38), (108, 90), (104, 164)]],
    "two": [[(62, 72), (76, 44), (112, 38), (130, 66), (114, 104), (82, 138), (58, 160), (98, 156), (146, 158)]],
    "three": [
        [(64, 52), (96, 36), (126, 50), (122, 80), (90, 96)],
        [(90, 96), (128, 104), (136, 136), (108, 164), (64, 154)],
    ],
    "four": [[(90, 36), (76, 76), (58, 112), (100, 112), (150, 108)], [(122, 74), (118, 120), (112, 170)]],
    "five": [
        [(84, 42), (80, 70), (72, 98), (104, 88), (134, 106), (132, 144), (100, 166), (62, 154)],
        [(84, 42), (112, 42), (140, 36)],
    ],
    "six": [[(124, 36), (90, 64), (70, 108), (72, 148), (102, 166), (130, 146), (126, 116), (98, 106), (74, 130)]],
    "seven": [[(58, 50), (96, 48), (144, 42), (126, 80), (108, 120), (96, 168)]],
    "eight": [
        [
            (132, 56), (104, 36), (76, 54), (86, 84), (122, 112), (132, 146), (102, 168),
            (72, 148), (84, 112), (118, 84), (132, 56),
        ]
    ],
    "nine": [[(130, 62), (106, 38), (76, 54), (76, 88), (106, 96), (132, 64), (130, 108), (118, 166)]],
}


def between(before, start, end, after, t):
    """A Catmull-Rom spline from start (t = 0) to end (t = 1)."""
    return 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )


def curve(points):
    """Closely spaced points of the curve through `points`."""
    padded = [points[0], *points, points[-1]]
    for four in zip(padded, padded[1:], padded[2:], padded[3:]):
        for step in range(STEPS):
            yield tuple(between(*axis, step / STEPS) for axis in zip(*four))
    yield points[-1]


class Hand:
    """A slow random walk around 0 in three dimensions: the tremble in x and y, and the pressure."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.away = [0.0, 0.0, 0.0]

    def move(self):
        """The next deviation: x, y, pressure, each about -1 to 1."""
        self.away = [0.94 * away + self.random.gauss(0, 0.2) for away in self.away]
        return self.away


def draw(name):
    """One digit in dark ink on white paper."""
    picture = Image.new("L", (SIDE_PX * SUPERSAMPLING,) * 2, PAPER)
    pen = ImageDraw.Draw(picture)
    hand = Hand(name)
    for stroke in STROKES[name]:
        for x, y in curve(stroke):
            dx, dy, pressure = hand.move()
            x, y = x + TREMBLE_PX * dx, y + TREMBLE_PX * dy
            radius = PEN_RADIUS_PX * (1 + 0.1 * pressure)
            box = (x - radius, y - radius, x + radius, y + radius)
            pen.ellipse([SUPERSAMPLING * edge for edge in box], fill=INK)
    return picture.resize((SIDE_PX, SIDE_PX), Image.LANCZOS)


if __name__ == "__main__":
    for digit in STROKES:
        draw(digit).save(FOLDER / f"{digit}.png", optimize=True)
