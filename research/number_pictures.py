"""Draws pictures of numbers made of MNIST's digits; research/make-numbers writes them to files.

KINDS says how far the digits are apart. Each number is written by one hand: its pen, slant, height and habits, such
as a bar through the 7, are the same for all digits. Papers are those of research/papers.py.
"""

from dataclasses import dataclass

import numpy as np

from hard_pictures import DIGIT_SIDE_PX
from papers import PAPERS, Writing, dark_canvas_strokes, light_canvas_strokes
from picture_files import MANY, Drawn
from strokes import EUROPEAN, box_of, coverage, cropped, outline, slant_of, slanted, with_pen

LENGTHS = (2, 8)  # digits of a number
HEIGHTS_PX = (20, 120)  # of a digit
PEN_PX_MIN = 1.2
WIDTH_MAX = 1.1  # of a digit, by the height of the hand's digits
INK = 0.3  # share from which a pixel counts as ink
OVERLAP_MAX = 0.15  # of boxes, by the mean width of the two digits


@dataclass
class Hand:
    """How somebody writes."""

    height_px: float
    pen_px: float
    slant: float
    width: float  # of a digit, by its own
    european: bool
    unevenness: float  # standard deviation of a digit's height and place, by its height


@dataclass
class Glyph:
    """A written digit."""

    share: np.ndarray  # [height][width]
    top_px: int  # from the baseline, mostly negative
    left_px: int = 0

    @property
    def width_px(self):
        """The width of its box."""
        return self.share.shape[1]


@dataclass
class Line:
    """A line of digits. They begin at column 0, and row 0 is the baseline there."""

    glyphs: list
    rise: float  # of the baseline, downwards for each pixel to the right


def new_hand(rng):
    """A person with a pen, who writes large or small."""
    height = float(np.exp(rng.uniform(*np.log(HEIGHTS_PX))))
    pen = max(PEN_PX_MIN, height * float(np.exp(rng.uniform(*np.log((0.045, 0.16))))))
    return Hand(height, pen, rng.normal(0.03, 0.12),
                rng.uniform(0.8, 1.1), rng.random() < 0.3, rng.uniform(0, 0.06))


def strokes_of(rng, digits, index, hand):
    """The outline of a digit as the hand writes it, before its pen and slant; a 0 is never slashed."""
    strokes, label = outline(digits.images[index]), int(digits.labels[index])
    if label == 1:  # else two of them may cross, or lean to each other as in V
        strokes = slanted(strokes, -slant_of(strokes))
    return EUROPEAN[label](strokes, rng) if hand.european and label in (1, 7) else strokes


def written(rng, digits, index, hand):
    """A digit by the hand, its foot near the baseline."""
    strokes = strokes_of(rng, digits, index, hand)
    top, bottom, left, right = box_of(strokes)
    height = hand.height_px * (1 + rng.normal(0, hand.unevenness))
    scale = min(height / (bottom - top), WIDTH_MAX * hand.height_px / (right - left))
    strokes = cropped(slanted(with_pen(strokes, hand.pen_px / scale), hand.slant + rng.normal(0, 0.03)))
    height, width = strokes.shape
    share = coverage(strokes, max(2, round(width * scale * hand.width)), max(2, round(height * scale)))
    return Glyph(share, round(rng.normal(0, hand.unevenness) * hand.height_px) - len(share))


def reach_of(left, right, tolerance_px):
    """How many pixels lie between the ink of two digits if both begin at the same column, which is negative."""
    top = min(left.top_px, right.top_px) - tolerance_px
    rows = max(left.top_px + len(left.share), right.top_px + len(right.share)) + tolerance_px - top
    ends = np.full(rows, -10**6)
    for row, inked in enumerate(left.share > INK):
        if inked.any():
            at = left.top_px + row - top
            near = slice(at - tolerance_px, at + tolerance_px + 1)
            ends[near] = np.maximum(ends[near], np.flatnonzero(inked)[-1] + 1)
    starts = [np.flatnonzero(inked)[0] - ends[right.top_px + row - top]
              for row, inked in enumerate(right.share > INK) if inked.any()]
    return int(min(starts))


def place_after(left, right, gap_px, tolerance_px, overlap_max):
    """Puts a digit so that its ink is `gap_px` from the ink of the one before, unless boxes would overlap too much."""
    mean = (left.width_px + right.width_px) / 2
    step = max(gap_px - reach_of(left, right, tolerance_px), left.width_px - round(overlap_max * mean))
    right.left_px = left.left_px + step


def place_apart(rng, left, right, hand):
    """A wide gap between the boxes."""
    right.left_px = left.left_px + left.width_px + max(3, round(hand.height_px * rng.uniform(0.15, 0.8)))


def place_close(rng, left, right, hand):
    """A narrow gap between the ink; boxes may overlap a little."""
    gap = max(2, round(hand.height_px * rng.uniform(0.03, 0.12)))
    place_after(left, right, gap, gap, OVERLAP_MAX)


def place_touching(rng, left, right, hand):
    """Most digits touch the one before, at most by the width of the pen."""
    if rng.random() < 0.25:
        place_close(rng, left, right, hand)
    else:
        place_after(left, right, -max(1, round(hand.pen_px * rng.uniform(0.2, 1))), 0, 2 * OVERLAP_MAX)


def place_overlapping(rng, left, right, _):
    """Boxes overlap by up to OVERLAP_MAX of the mean width; the ink may touch or not."""
    overlap = rng.uniform(0, OVERLAP_MAX) * (left.width_px + right.width_px) / 2
    right.left_px = left.left_px + left.width_px - round(overlap)


PLACES = {"apart": place_apart, "close": place_close, "touching": place_touching, "overlapping": place_overlapping}


def line_of(rng, digits, indices, hand, spacing):
    """The digits of one line, each at its place."""
    glyphs = [written(rng, digits, index, hand) for index in indices]
    line = Line(glyphs, rng.uniform(-0.05, 0.05))
    for before, glyph in zip(glyphs, glyphs[1:]):
        PLACES[spacing](rng, before, glyph, hand)
    for glyph in glyphs:
        glyph.top_px += round(line.rise * glyph.left_px)
    return line


def margins_of(rng, hand):
    """Left, top, right and bottom margins in pixels: a strip, a note or a sheet."""
    low, high = ((0.03, 0.2), (0.2, 0.9), (0.8, 3.5))[rng.choice(3, p=(0.25, 0.5, 0.25))]
    return [max(1, round(hand.height_px * rng.uniform(low, high))) for _ in range(4)]


def ink_of(glyphs, size_px):
    """The share of ink in each pixel of a picture, [height][width]."""
    share = np.zeros(size_px)
    for glyph in glyphs:
        part = share[glyph.top_px:glyph.top_px + len(glyph.share), glyph.left_px:glyph.left_px + glyph.width_px]
        np.maximum(part, glyph.share, out=part)
    return share


def extent_of(glyphs):
    """First and last column and row with ink, the last ones exclusive: left, right, top, bottom."""
    return (min(glyph.left_px for glyph in glyphs), max(glyph.left_px + glyph.width_px for glyph in glyphs),
            min(glyph.top_px for glyph in glyphs), max(glyph.top_px + len(glyph.share) for glyph in glyphs))


def move(glyphs, right_px, down_px):
    """Moves the digits."""
    for glyph in glyphs:
        glyph.left_px += right_px
        glyph.top_px += down_px


def writing_of(rng, lines, hand):
    """The lines in one picture, one under the other."""
    left, y, right, bottom = margins_of(rng, hand)
    baselines, glyphs = [], []
    for line in lines:
        first, _, upper, lower = extent_of(line.glyphs)
        x = left + (round(hand.height_px * rng.uniform(0, 0.6)) if len(lines) > 1 else 0)
        move(line.glyphs, x - first, y - upper)
        baselines.append(lambda at, rise=line.rise, x=x - first, y=y - upper: y + rise * (at - x))
        y += lower - upper + round(hand.height_px * rng.uniform(0.25, 0.9))
        glyphs += line.glyphs
    _, last, _, lower = extent_of(glyphs)
    size = (lower + bottom, last + right)
    return Writing(ink_of(glyphs, size), hand.height_px, hand.pen_px,
                   tuple((baseline(0), baseline(size[1])) for baseline in baselines))


def label_of(digits, indices):
    """The digits in reading order."""
    return "".join(str(digits.labels[index]) for index in indices)


def number(spacing, rng, digits, at):
    """A number of one line."""
    hand = new_hand(rng)
    indices = [digits.any(rng) for _ in range(rng.integers(LENGTHS[0], LENGTHS[1] + 1))]
    paper = list(PAPERS)[at % len(PAPERS)]
    picture, jpeg = PAPERS[paper](rng, writing_of(rng, [line_of(rng, digits, indices, hand, spacing)], hand))
    return Drawn(label_of(digits, indices), paper, picture, jpeg, MANY)


def two_in_28(rng, digits, at):
    """Two digits in 28x28, most of them light on black."""
    indices = [digits.any(rng) for _ in range(2)]
    spacing = ("apart", "close", "touching")[at % 3]
    side = DIGIT_SIDE_PX
    while True:
        hand = new_hand(rng)
        hand.height_px, hand.width = rng.uniform(13, 22), rng.uniform(0.5, 1)
        hand.pen_px = rng.uniform(1, 0.12 * hand.height_px)
        glyphs = line_of(rng, digits, indices, hand, spacing).glyphs
        left, right, top, bottom = extent_of(glyphs)
        if right - left <= side - 2 and bottom - top <= side - 2:
            break
    move(glyphs, rng.integers(1, side - (right - left)) - left, rng.integers(1, side - (bottom - top)) - top)
    writing = Writing(ink_of(glyphs, (side, side)), hand.height_px, hand.pen_px)
    canvas, name = ((light_canvas_strokes, "light on black") if rng.random() < 0.8 else
                    (dark_canvas_strokes, "dark on light"))
    return Drawn(label_of(digits, indices), f"28x28, {name}", canvas(rng, writing)[0], False, MANY)


def several_lines(rng, digits, at):
    """Two or three lines of two to four digits."""
    hand = new_hand(rng)
    hand.height_px = min(hand.height_px, 70)
    hand.pen_px = max(PEN_PX_MIN, min(hand.pen_px, 0.15 * hand.height_px))
    lines = [[digits.any(rng) for _ in range(rng.integers(2, 5))] for _ in range(rng.integers(2, 4))]
    spacing = ("apart", "close")[at % 2]
    paper = list(PAPERS)[at % len(PAPERS)]
    written_lines = [line_of(rng, digits, indices, hand, spacing) for indices in lines]
    picture, jpeg = PAPERS[paper](rng, writing_of(rng, written_lines, hand))
    return Drawn(label_of(digits, sum(lines, [])), paper, picture, jpeg, MANY)


KINDS = (*PLACES, "two in 28x28", "lines")


def draw(kind, rng, digits, at):
    """The picture number `at` of a kind."""
    if kind in PLACES:
        return number(kind, rng, digits, at)
    return (two_in_28 if kind == "two in 28x28" else several_lines)(rng, digits, at)
