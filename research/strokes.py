"""The strokes of MNIST's digits as smooth outlines that take any pen, slant and size.

An outline is a bool array of OUTLINE_PX a pixel of the 28x28 digit, with room around the digit. `coverage` is the
share of each pixel of a picture that the strokes cover, from 0 to 1.
"""

import numpy as np
from PIL import Image, ImageDraw

from hard_pictures import SUPERSAMPLING as OUTLINE_PX
from hard_pictures import outline_of
from idx import read_idx

ROOM_PX = 48  # around the 28x28 digit, in pixels of the outline; enough for slants and thick pens
SLANT_MAX = 0.35  # horizontal shift for each pixel of height


class Digits:
    """MNIST's digits: `images` [count][28][28], `labels` [count], and the indices of each label."""

    def __init__(self, folder, files="train"):
        hint = "--data or MNIST_DIR must name the MNIST files"
        self.images = read_idx(folder, f"{files}-images-idx3-ubyte", hint)
        self.labels = read_idx(folder, f"{files}-labels-idx1-ubyte", hint)

    def any(self, rng):
        """The index of one digit, each equally probable."""
        return int(rng.integers(len(self.labels)))

    def any_of(self, rng, label):
        """The index of one digit with that label."""
        return int(rng.choice(np.flatnonzero(self.labels == label)))


def outline(digit):
    """The outline of a 28x28 digit, [320][320]."""
    return np.pad(np.asarray(outline_of(digit)) > 0, ROOM_PX)


def thickness_of(strokes):
    """Mean thickness of the strokes in pixels of the outline: twice the area by the perimeter."""
    edges = (strokes[1:] != strokes[:-1]).sum() + (strokes[:, 1:] != strokes[:, :-1]).sum()
    # A smooth edge has 4 / pi pixel edges for each pixel of its length, on the average over its directions.
    return 2 * strokes.sum() / max(edges * np.pi / 4, 1)


def box_of(strokes):
    """First and last row and column with a stroke, the last ones exclusive: top, bottom, left, right."""
    rows, columns = np.flatnonzero(strokes.any(1)), np.flatnonzero(strokes.any(0))
    return rows[0], rows[-1] + 1, columns[0], columns[-1] + 1


def within_box(strokes, room, change):
    """The outline whose strokes, with `room` pixels around their box, `change` has changed. It saves time."""
    top, bottom, left, right = box_of(strokes)
    part = change(np.pad(strokes[top:bottom, left:right], room))
    out = np.zeros((strokes.shape[0] + 2 * room, strokes.shape[1] + 2 * room), bool)
    out[top:bottom + 2 * room, left:right + 2 * room] = part
    return out[room:-room, room:-room]


def shifted(strokes, rows):
    """The outline moved down by `rows`, or up if that is negative."""
    moved = np.zeros_like(strokes)
    if rows >= 0:
        moved[rows:] = strokes[:len(strokes) - rows]
    else:
        moved[:rows] = strokes[-rows:]
    return moved


def dilated(strokes, radius, flatness=1.0):
    """The strokes dilated by a disc, or by an ellipse that is `flatness` as high as it is wide."""
    out = strokes.copy()
    sums = np.pad(np.cumsum(strokes, axis=1, dtype=np.int16), ((0, 0), (1, 0)))
    columns = np.arange(strokes.shape[1])
    height = round(radius * flatness)
    for row in range(height + 1):
        reach = round(radius * np.sqrt(max(0, 1 - (row / max(height, 1)) ** 2)))
        ends = np.minimum(columns + reach + 1, len(columns))
        near = sums[:, ends] > sums[:, np.maximum(columns - reach, 0)]
        out |= shifted(near, row) | shifted(near, -row)
    return out


def grown(strokes, radius, flatness=1.0):
    """The outline dilated by a disc or a flat ellipse; see `dilated`."""
    return within_box(strokes, int(radius) + 2, lambda part: dilated(part, radius, flatness))


def neighbours_of(strokes):
    """The eight neighbours of each pixel that is not at the edge, clockwise from the one above."""
    steps = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
    height, width = strokes.shape
    return [strokes[1 + y:height - 1 + y, 1 + x:width - 1 + x] for y, x in steps]


def thinned(strokes, last):
    """One of the two passes of a step of Zhang and Suen's thinning (1984); edges of the array are empty."""
    near = neighbours_of(strokes)
    count = sum(side.astype(np.uint8) for side in near)
    starts = sum((~near[i] & near[(i + 1) % 8]).astype(np.uint8) for i in range(8))
    up, right, down, left = near[::2]
    open_sides = ~(up & right & left) & ~(up & down & left) if last else ~(up & right & down) & ~(right & down & left)
    out = strokes.copy()
    out[1:-1, 1:-1] &= ~((count >= 2) & (count <= 6) & (starts == 1) & open_sides)
    return out


def skeleton_of(strokes):
    """The middle of the strokes, one pixel wide; edges of the array are empty."""
    while True:
        after = thinned(thinned(strokes, False), True)
        if (after == strokes).all():
            return strokes
        strokes = after


def with_pen(strokes, thickness):
    """The strokes redrawn by another pen: their mean thickness is then about `thickness` pixels of the outline."""
    radius = (thickness - thickness_of(strokes)) / 2
    if radius >= 0:
        return grown(strokes, radius)

    def thin(part):
        return ~dilated(~part, -radius) | dilated(skeleton_of(part), thickness / 2)  # the middle never breaks

    return within_box(strokes, 2, thin)


def slant_of(strokes):
    """How far the strokes lean to the right: pixels for each pixel of height."""
    y, x = np.nonzero(strokes)
    return -np.cov(x, y)[0, 1] / max(np.var(y), 1)


def slanted(strokes, slant):
    """The strokes leaning to the right by `slant` more pixels for each pixel of height, at most by SLANT_MAX."""
    height, slant = len(strokes), np.clip(slant, -SLANT_MAX, SLANT_MAX)
    return np.array([np.roll(row, round(slant * (height / 2 - y))) for y, row in enumerate(strokes)])


def cropped(strokes):
    """The part of the outline that has strokes."""
    top, bottom, left, right = box_of(strokes)
    return strokes[top:bottom, left:right]


def coverage(strokes, width_px, height_px):
    """The outline at another size, [height_px][width_px]."""
    picture = Image.fromarray(strokes.astype(np.uint8) * 255)
    smaller = width_px <= picture.width and height_px <= picture.height
    way = Image.Resampling.BOX if smaller else Image.Resampling.BICUBIC
    return np.asarray(picture.resize((width_px, height_px), way)) / 255


def with_line(strokes, start, end):
    """The outline with a straight stroke from `start` to `end`, each x and y, of the same thickness as the others."""
    radius = thickness_of(strokes) / 2
    picture = Image.fromarray(strokes.astype(np.uint8) * 255)
    pen = ImageDraw.Draw(picture)
    pen.line([tuple(start), tuple(end)], 255, round(2 * radius))
    for x, y in (start, end):
        pen.ellipse([x - radius, y - radius, x + radius, y + radius], 255)
    return np.asarray(picture) > 0


def with_upstroke(strokes, rng):
    """A 1 with the upstroke that Europeans begin it with."""
    top, bottom, _, _ = box_of(strokes)
    radius = thickness_of(strokes) / 2
    x, y = np.flatnonzero(strokes[top:top + 4].any(0)).mean(), top + radius
    length, angle = (bottom - top) * rng.uniform(0.25, 0.6), np.radians(rng.uniform(35, 60))
    left = max(x - length * np.cos(angle), radius)
    return with_line(strokes, (x, y), (left, y + length * np.sin(angle)))


def with_bar(strokes, rng):
    """A 7 with a bar through its stem."""
    top, bottom, left, right = box_of(strokes)
    y = top + (bottom - top) * rng.uniform(0.42, 0.6)
    x = np.flatnonzero(strokes[round(y)]).mean()
    half = (right - left) * rng.uniform(0.22, 0.4)
    rise = half * rng.uniform(-0.1, 0.3)
    return with_line(strokes, (x - half, y + rise), (x + half, y - rise))


def with_slash(strokes, rng):
    """A 0 with a slash."""
    top, bottom, left, right = box_of(strokes)
    out = rng.uniform(-0.05, 0.1)
    width, height = right - left, bottom - top
    return with_line(strokes, (left - out * width, bottom - rng.uniform(0, 0.2) * height),
                     (right + out * width, top + rng.uniform(0, 0.2) * height))


EUROPEAN = {0: with_slash, 1: with_upstroke, 7: with_bar}
