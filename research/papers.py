"""Papers, canvases, light and cameras: pictures of what somebody wrote.

Each function of PAPERS takes a random generator and a Writing and returns a Pillow picture and whether it is a JPEG.
Levels are from 0 (black) to 1 (white).
"""

from dataclasses import dataclass

import numpy as np
from PIL import ImageFilter

from hard_pictures import drawn_on, picture_of

WARM = np.array([0.0, -0.02, -0.06])  # tints of paper
COLD = np.array([-0.05, -0.02, 0.0])
PENS = {"blue": (0.12, 0.2, 0.65), "red": (0.7, 0.12, 0.15), "green": (0.1, 0.45, 0.2), "violet": (0.4, 0.2, 0.6),
        "pencil": (0.5, 0.5, 0.52), "pale blue": (0.55, 0.62, 0.85), "pale grey": (0.68, 0.68, 0.68)}


@dataclass
class Writing:
    """What is written on the paper."""

    share: np.ndarray  # [height][width], of each pixel that ink covers
    height_px: float  # of a digit
    pen_px: float
    baselines_px: tuple = ()  # y of the line of writing at the left and at the right edge, of each line

    @property
    def size_px(self):
        """Height and width."""
        return self.share.shape


def inked(paper, ink, share):
    """Ink on paper, each one colour or [height][width][3]."""
    share = share[..., None]
    return paper * (1 - share) + ink * share


def light_from_a_side(rng, size_px, depth):
    """Light that falls by `depth` from one side of the picture to the other, [height][width][1]."""
    height, width = size_px
    angle = rng.uniform(0, 2 * np.pi)
    along = np.cos(angle) * (np.arange(width) / width) + np.sin(angle) * (np.arange(height) / height)[:, None]
    along = (along - along.min()) / max(np.ptp(along), 1e-9)
    return (1 - depth * along)[..., None]


def photographed(rng, levels, blur_px, grain):
    """The picture that a camera takes: blur of the lens and noise of the sensor."""
    levels = np.asarray(picture_of(levels).filter(ImageFilter.GaussianBlur(blur_px))) / 255
    return picture_of(levels + rng.normal(0, grain, levels.shape))


def camera(rng, writing, levels):
    """Takes a photo whose blur leaves the strokes legible."""
    return photographed(rng, levels, min(rng.uniform(0.4, 1.2), 0.35 * writing.pen_px), rng.uniform(0.004, 0.025))


def drawn(rng, share):
    """The strokes with smooth edges, as most canvases draw them, or with hard ones."""
    return share if rng.random() < 0.7 else (share > 0.45).astype(float)


def dark_canvas_strokes(rng, writing):
    """Drawn on a light canvas."""
    background, ink = (1, 0) if rng.random() < 0.6 else (rng.uniform(0.85, 1), rng.uniform(0, 0.3))
    return picture_of(background + (ink - background) * drawn(rng, writing.share)), False


def light_canvas_strokes(rng, writing):
    """Drawn on a dark canvas."""
    background, ink = (0, 1) if rng.random() < 0.6 else (rng.uniform(0, 0.15), rng.uniform(0.75, 1))
    return picture_of(background + (ink - background) * drawn(rng, writing.share)), False


def new_paper(rng):
    """The colour of a sheet, and of a dark pen on it."""
    paper = rng.uniform(0.55, 0.95) + rng.choice((0, 1)) * (WARM, COLD)[rng.integers(2)] * rng.uniform(0.5, 2)
    ink = paper.mean() * rng.uniform(0.12, 0.45) + rng.uniform(0, 0.15) * np.array([0, 0, 1])
    return np.clip(paper, 0, 1), ink


def photo(rng, writing):
    """A photo of grey paper with light from one side."""
    paper, ink = new_paper(rng)
    levels = inked(paper, ink, writing.share) * light_from_a_side(rng, writing.size_px, rng.uniform(0.05, 0.45))
    return camera(rng, writing, levels), True


def ruled(rng, writing):
    """A photo of paper with a line under the digits, which some of them touch."""
    paper, ink = new_paper(rng)
    colour = tuple(int(255 * level) for level in paper * rng.uniform(0.5, 0.85))
    thick_px = max(1, round(writing.height_px * rng.uniform(0.01, 0.04)))
    below_px = writing.height_px * rng.uniform(-0.04, 0.12)
    height, width = writing.size_px

    def draw(pen):
        for left, right in writing.baselines_px:
            pen.line([(0, left + below_px), (width, right + below_px)], colour, thick_px)

    sheet = drawn_on(np.broadcast_to(paper, (height, width, 3)), draw)
    levels = inked(sheet, np.minimum(ink, sheet), writing.share)
    return camera(rng, writing, levels * light_from_a_side(rng, (height, width), rng.uniform(0.05, 0.35))), True


def coloured(rng, writing):
    """Coloured or pale ink on light paper, scanned or photographed."""
    paper = np.clip(rng.uniform(0.88, 1) + (WARM, COLD, 0 * WARM)[rng.integers(3)], 0, 1)
    ink = np.array(PENS[str(rng.choice(list(PENS)))]) + rng.normal(0, 0.03, 3)
    levels = inked(paper, ink, writing.share)
    if rng.random() < 0.4:
        return picture_of(levels), False
    return camera(rng, writing, levels * light_from_a_side(rng, writing.size_px, rng.uniform(0, 0.15))), True


PAPERS = {
    "canvas, dark on light": dark_canvas_strokes,
    "canvas, light on dark": light_canvas_strokes,
    "photo": photo,
    "ruled": ruled,
    "coloured": coloured,
}
