"""Renders pictures without a digit, as grey Pillow pictures; research/uncertainty posts them to the server.

A set is a function that renders one picture from a random generator; SETS names them all. Sets that need MNIST's
digits, Fashion-MNIST or fonts take them from a Sources.
"""

import string
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from idx import read_idx

SIDES_PX = (28, 64, 120, 200)
LETTERS = string.ascii_letters
# Letters that may pass for a digit in some font or handwriting.
DIGIT_LIKE = "OoDQIlijJSszZBbGgqTtyA"
UNLIKE = "".join(c for c in LETTERS if c not in DIGIT_LIKE)
SYMBOLS = "#%&@*+=?<>{}[]~^$€§¶©®±÷×∑∆√∞≈≠≤≥←↑→↓♠♣♥♦♪☺★☂☎✓"
SLANT_MAX = 0.35  # horizontal shift for each pixel of height
SUPERSAMPLING = 4


@dataclass
class Sources:
    """The data that sets are made of, besides random numbers."""

    digits: np.ndarray  # [count][28][28]: MNIST
    clothes: np.ndarray  # [count][28][28]: Fashion-MNIST
    fonts: list  # paths of TrueType files


def read_images(folder, hint):
    """The test images of an IDX data set, [count][28][28]."""
    return read_idx(folder, "t10k-images-idx3-ubyte", hint)


def find_fonts(folder):
    """The TrueType files of a folder."""
    fonts = sorted(Path(folder).glob("*.ttf"))
    return fonts or sys.exit(f"{folder} has no *.ttf; fonts-dejavu-core has some")


def coloured(coverage, rng):
    """Ink of one level on a background of another, at least 100 levels apart; half are dark on light."""
    dark, light = rng.uniform(0, 70), rng.uniform(170, 255)
    background, ink = (light, dark) if rng.random() < 0.5 else (dark, light)
    share = np.asarray(coverage, dtype=float) / 255
    return Image.fromarray(np.rint(background + (ink - background) * share).astype(np.uint8))


def blank(rng, _):
    """Black or white."""
    side = int(rng.choice(SIDES_PX))
    return Image.new("L", (side, side), 255 * int(rng.integers(2)))


def grey(rng, _):
    """One level of grey, of any size."""
    return Image.new("L", tuple(map(int, rng.integers(28, 201, 2))), int(rng.integers(1, 255)))


def uniform_noise(rng, _):
    """Noise in which every level is equally likely."""
    side = int(rng.choice(SIDES_PX))
    return Image.fromarray(rng.integers(0, 256, (side, side), dtype=np.uint8))


def gaussian_noise(rng, _):
    """Grey with Gaussian sensor noise, from weak to strong."""
    side = int(rng.choice(SIDES_PX))
    levels = rng.uniform(40, 215) + rng.normal(0, rng.uniform(2, 60), (side, side))
    return Image.fromarray(np.clip(np.rint(levels), 0, 255).astype(np.uint8))


def salt_and_pepper(rng, _):
    """Black and white pixels on grey."""
    side = int(rng.choice(SIDES_PX))
    chance = rng.random((side, side))
    share = rng.uniform(0.02, 0.5)
    levels = np.where(chance < share / 2, 0, np.where(chance > 1 - share / 2, 255, rng.integers(60, 196)))
    return Image.fromarray(levels.astype(np.uint8))


def smooth_noise(rng, _):
    """Clouds: noise on a coarse grid, enlarged."""
    side, cells = int(rng.choice(SIDES_PX)), int(rng.integers(3, 12))
    grid = Image.fromarray(rng.integers(0, 256, (cells, cells), dtype=np.uint8))
    return grid.resize((side, side), Image.Resampling.BICUBIC)


def drawn_character(rng, sources, characters):
    """One character of a font, upright or slanted, in the middle of a picture."""
    side = int(rng.choice(SIDES_PX))
    large = side * SUPERSAMPLING
    path = sources.fonts[rng.integers(len(sources.fonts))]
    font = ImageFont.truetype(str(path), int(large * rng.uniform(0.5, 0.85)))
    picture = Image.new("L", (large, large))
    ImageDraw.Draw(picture).text((large / 2, large / 2), str(rng.choice(list(characters))), 255, font, "mm")
    if rng.random() < 0.5:
        slant = rng.uniform(-SLANT_MAX, SLANT_MAX)
        picture = picture.transform(picture.size, Image.Transform.AFFINE,
                                    (1, slant, -slant * large / 2, 0, 1, 0), Image.Resampling.BILINEAR)
    return coloured(picture.resize((side, side), Image.Resampling.BOX), rng)


def letter(rng, sources):
    """Any letter, small or capital."""
    return drawn_character(rng, sources, LETTERS)


def unlike_letter(rng, sources):
    """A letter that is like no digit."""
    return drawn_character(rng, sources, UNLIKE)


def digit_like_letter(rng, sources):
    """A letter that may pass for a digit, such as O, l, S or Z."""
    return drawn_character(rng, sources, DIGIT_LIKE)


def symbol(rng, sources):
    """A sign, an arrow, a star."""
    return drawn_character(rng, sources, SYMBOLS)


def scribble(rng, _):
    """A line of many bends, with round ends."""
    side = int(rng.choice(SIDES_PX))
    large = side * SUPERSAMPLING
    points = [tuple(map(float, point)) for point in rng.uniform(0.15, 0.85, (rng.integers(6, 16), 2)) * large]
    picture = Image.new("L", (large, large))
    width = max(1, int(large * rng.uniform(0.03, 0.1)))
    ImageDraw.Draw(picture).line(points, 255, width, "curve")
    picture = picture.filter(ImageFilter.GaussianBlur(width / 4))
    return coloured(picture.resize((side, side), Image.Resampling.BOX), rng)


def any_digit(rng, sources):
    """A random MNIST digit, [28][28]."""
    return sources.digits[rng.integers(len(sources.digits))]


def half_digit(rng, sources):
    """A digit with its left, right, upper or lower half erased."""
    pixels = any_digit(rng, sources).copy()
    half = (slice(14), slice(14, 28))[rng.integers(2)]
    if rng.random() < 0.5:
        pixels[half] = 0
    else:
        pixels[:, half] = 0
    return Image.fromarray(pixels)


def two_digits(rng, sources):
    """Two digits side by side: 56x28."""
    return Image.fromarray(np.hstack([any_digit(rng, sources), any_digit(rng, sources)]))


def garment(rng, sources):
    """A Fashion-MNIST image, unchanged."""
    return Image.fromarray(sources.clothes[rng.integers(len(sources.clothes))])


SETS = {
    "blank": blank,
    "solid grey": grey,
    "uniform noise": uniform_noise,
    "gaussian noise": gaussian_noise,
    "salt and pepper": salt_and_pepper,
    "smooth noise": smooth_noise,
    "letters": letter,
    "letters unlike digits": unlike_letter,
    "letters like digits": digit_like_letter,
    "symbols": symbol,
    "scribbles": scribble,
    "halves of digits": half_digit,
    "two digits": two_digits,
    "Fashion-MNIST": garment,
}


def pictures(name, count, sources):
    """`count` pictures of a set, the same every time."""
    rng = np.random.default_rng([1, list(SETS).index(name)])
    return [SETS[name](rng, sources) for _ in range(count)]
