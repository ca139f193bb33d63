"""Renders digits in pictures as people take them; research/hard-pictures writes them to files.

SCENES are sheets of paper in front of a camera, each with one difficulty; FORMS are what else can happen to a picture,
such as a tight crop or a low resolution. KINDS names them all. Levels are from 0 (black) to 1 (white).
"""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from idx import read_idx

DIGIT_SIDE_PX = 28
FIRST_DIGIT = 55000  # index in the training files; every kind shows the same digits
SHEETS_PX = ((300, 400), (400, 300), (480, 640), (640, 480), (360, 360))  # width, height
SUPERSAMPLING = 8
EDGE_LEVEL = 110  # of 255: a pixel of an MNIST digit above this level belongs to a stroke
EDGE_BLUR_PX = 0.45  # in pixels of the 28x28 digit; smooths the edges
LENS_BLUR_PX = 0.8
QUALITIES = (60, 75, 90)  # of JPEG
BLUE_LINES = np.array([0.30, 0.12, 0.02])  # how much darker than the paper
TURNS = {1: None, 6: Image.Transpose.ROTATE_90, 3: Image.Transpose.ROTATE_180, 8: Image.Transpose.ROTATE_270}
EXIF_ORIENTATION = 0x0112


@dataclass
class Scene:
    """A sheet of paper, the digit to write on it, and the camera."""

    rng: np.random.Generator
    paper: np.ndarray  # [height][width][3]
    ink: np.ndarray  # [3]
    side_px: int  # side of the digit's 28x28 square in the picture
    middle_px: tuple  # centre of the digit: x, y
    weight_px: float = 0  # shift of each edge of a stroke outwards, in pixels of the 28x28 digit
    dirt: np.ndarray = 1.0  # transmission of what lies on the paper, [height][width][3]
    light: np.ndarray = 1.0  # [height][width][1]
    grain: float = 0.015  # standard deviation of the noise of a pixel
    negative: bool = False

    @property
    def size_px(self):
        """Width and height."""
        return self.paper.shape[1], self.paper.shape[0]


@dataclass
class Taken:
    """The file of a picture."""

    source: str  # what the picture shows, in more detail than its kind
    suffix: str
    data: bytes


def read_digits(folder):
    """MNIST's digits that pictures show: images [count][28][28] and labels [count]."""
    hint = "--data or MNIST_DIR must name the MNIST files"
    return (read_idx(folder, "train-images-idx3-ubyte", hint)[FIRST_DIGIT:],
            read_idx(folder, "train-labels-idx1-ubyte", hint)[FIRST_DIGIT:])


def add_options(parser):
    """Adds the options of every script that renders pictures."""
    parser.add_argument("--count", type=int, default=100, help="pictures of each kind (default 100)")
    parser.add_argument("--seed", type=int, default=1, help="start of the random numbers (default 1)")


def check_options(parser, options, digits):
    """Ends the program if there are too few digits or the seed is negative."""
    if not 1 <= options.count <= len(digits[1]):
        parser.error(f"--count is {options.count}, must be from 1 to {len(digits[1])}")
    if options.seed < 0:
        parser.error(f"--seed is {options.seed}, must be 0 or more")


def outline_of(digit):
    """The strokes of a digit, enlarged by SUPERSAMPLING with smooth edges: a grey Pillow picture of 0 and 255."""
    large = DIGIT_SIDE_PX * SUPERSAMPLING
    drawn = Image.fromarray(digit).resize((large, large), Image.Resampling.BICUBIC)
    drawn = drawn.filter(ImageFilter.GaussianBlur(EDGE_BLUR_PX * SUPERSAMPLING))
    return drawn.point(lambda level: 255 if level > EDGE_LEVEL else 0)


def shape_of(digit, side_px, weight_px=0.0):
    """The share of each pixel that the strokes of a digit cover, [side_px][side_px]."""
    drawn = outline_of(digit)
    reach = round(abs(weight_px) * SUPERSAMPLING)
    if reach:
        drawn = drawn.filter((ImageFilter.MaxFilter if weight_px > 0 else ImageFilter.MinFilter)(2 * reach + 1))
    way = Image.Resampling.BOX if side_px < drawn.width else Image.Resampling.BICUBIC
    return np.asarray(drawn.resize((side_px, side_px), way)) / 255


def placed(shape, size_px, middle_px):
    """The shape in a larger picture, [height][width][1], near `middle_px`, with at most a tenth of its side outside."""
    side, (width, height) = len(shape), size_px
    over = side // 10
    out = np.zeros((height + 2 * over, width + 2 * over, 1))
    left = int(np.clip(middle_px[0] - side / 2, -over, width - side + over)) + over
    top = int(np.clip(middle_px[1] - side / 2, -over, height - side + over)) + over
    out[top:top + side, left:left + side, 0] = shape
    return out[over:over + height, over:over + width]


def picture_of(levels):
    """Levels as an 8-bit picture."""
    return Image.fromarray(np.rint(np.clip(levels, 0, 1) * 255).astype(np.uint8))


def drawn_on(levels, draw):
    """Levels after `draw` has drawn on them as a picture."""
    picture = picture_of(levels)
    draw(ImageDraw.Draw(picture))
    return np.asarray(picture) / 255


def grey(level):
    """A grey as a colour of Pillow."""
    return (round(255 * level),) * 3


def coordinates(scene):
    """x and y of each pixel, from -0.5 to 0.5, [height][width][1]."""
    width, height = scene.size_px
    y, x = np.mgrid[0:height, 0:width]
    return (x / width - 0.5)[..., None], (y / height - 0.5)[..., None]


def slope(scene):
    """The coordinate of each pixel along a random direction, about -0.5 to 0.5."""
    x, y = coordinates(scene)
    angle = scene.rng.uniform(0, 2 * np.pi)
    return x * np.cos(angle) + y * np.sin(angle)


def plain(_):
    """Dark pen on paper."""


def gradient(scene):
    """Light from one side."""
    scene.light = 0.75 + 0.5 * slope(scene) * scene.rng.uniform(0.5, 1)


def shadow(scene):
    """A shadow over part of the sheet, its edge sharp or soft."""
    away = slope(scene) - scene.rng.uniform(-0.2, 0.2)
    soft = scene.rng.uniform(0.01, 0.12)
    scene.light = 0.95 - scene.rng.uniform(0.3, 0.5) / (1 + np.exp(-away / soft))


def vignette(scene):
    """Darker towards the corners."""
    x, y = coordinates(scene)
    scene.light = 1 - 0.9 * scene.rng.uniform(0.5, 1) * (x**2 + y**2)


def thin(scene):
    """A fine pen."""
    scene.weight_px = -scene.rng.uniform(0.4, 0.8)


def thick(scene):
    """A marker."""
    scene.weight_px = scene.rng.uniform(0.7, 1.3)


def small(scene):
    """A digit on a large sheet."""
    scene.side_px = int(min(scene.size_px) * scene.rng.uniform(0.2, 0.35))


def pencil(scene):
    """Faint and thin."""
    scene.ink = scene.paper[0, 0] - scene.rng.uniform(0.12, 0.3)
    scene.weight_px = -0.4


def noise(scene):
    """The grain of a sensor in the dark."""
    scene.grain = scene.rng.uniform(0.05, 0.1)


def rule(scene, darker, crossed=False):
    """Draws lines on the paper, slightly tilted; vertical lines too if `crossed`."""
    width, height = scene.size_px
    apart = int(scene.side_px * scene.rng.uniform(0.35, 0.8))
    colour = tuple(int(255 * level) for level in scene.paper[0, 0] - darker)
    thick_px = int(scene.rng.choice((1, 1, 2)))
    rise = scene.rng.uniform(-0.01, 0.01) * width

    def draw(pen):
        for y in range(int(scene.rng.integers(apart)) - apart, height + apart, apart):
            pen.line([(0, y), (width, y + rise)], colour, thick_px)
        for x in range(int(scene.rng.integers(apart)), width if crossed else 0, apart):
            pen.line([(x, 0), (x, height)], colour, thick_px)

    scene.paper = drawn_on(scene.paper, draw)


def ruled(scene):
    """Grey lines."""
    rule(scene, scene.rng.uniform(0.1, 0.35))


def ruled_blue(scene):
    """Light blue lines."""
    rule(scene, BLUE_LINES)


def squared(scene):
    """Lines both ways."""
    rule(scene, scene.rng.uniform(0.1, 0.35), crossed=True)


def frame(scene):
    """A dark edge all around, as scanners leave it."""
    width, height = scene.size_px
    thick_px = int(scene.rng.integers(2, 9))
    scene.paper = drawn_on(scene.paper, lambda pen: pen.rectangle(
        [0, 0, width - 1, height - 1], outline=grey(0.15), width=thick_px))


def box(scene):
    """A printed box around the digit, as forms have it."""
    scene.side_px = min(scene.side_px, int(0.8 * min(scene.size_px)))
    half = 0.575 * scene.side_px
    x, y = scene.middle_px = [float(np.clip(middle, half, size - half))
                              for middle, size in zip(scene.middle_px, scene.size_px)]
    thick_px = int(scene.rng.integers(1, 4))
    scene.paper = drawn_on(scene.paper, lambda pen: pen.rectangle(
        [x - half, y - half, x + half, y + half], outline=grey(0.23), width=thick_px))


def desk(scene):
    """A sheet with one or two of its edges in the picture, on a dark desk."""
    width, height = scene.size_px
    share = scene.rng.uniform(0.05, 0.2)
    colour = grey(scene.rng.uniform(0.15, 0.4))
    corners = ((0, 0), (width, 0), (width, height), (0, height))
    inwards = ((0, 1), (-1, 0), (0, -1), (1, 0))
    sides = scene.rng.choice(4, scene.rng.choice((1, 1, 2)), replace=False)

    def draw(pen):
        for side in sides:
            (x0, y0), (x1, y1), (dx, dy) = corners[side], corners[(side + 1) % 4], inwards[side]
            far, near = 0.7 * share, 0.5 * share
            pen.polygon([(x0, y0), (x1, y1), (x1 + dx * width * near, y1 + dy * height * near),
                         (x0 + dx * width * far, y0 + dy * height * far)], colour)

    scene.paper = drawn_on(scene.paper, draw)


def specks(scene):
    """Dirt."""
    width, height = scene.size_px

    def draw(pen):
        for _ in range(scene.rng.integers(5, 31)):
            x, y = scene.rng.uniform(0, width), scene.rng.uniform(0, height)
            radius = scene.rng.uniform(0.5, 0.015 * scene.side_px)
            pen.ellipse([x - radius, y - radius, x + radius, y + radius], grey(0.25))

    scene.dirt = drawn_on(np.ones((height, width, 3)), draw)


def board(scene):
    """Chalk on a board."""
    scene.negative = True


SCENES = {
    "plain": plain,
    "gradient": gradient,
    "shadow": shadow,
    "vignette": vignette,
    "thin": thin,
    "thick": thick,
    "small": small,
    "pencil": pencil,
    "noise": noise,
    "ruled": ruled,
    "ruled blue": ruled_blue,
    "squared": squared,
    "frame": frame,
    "box": box,
    "desk": desk,
    "specks": specks,
    "board": board,
}


def new_scene(rng):
    """A sheet, a pen and a place to write at."""
    width, height = SHEETS_PX[rng.integers(len(SHEETS_PX))]
    paper = np.full((height, width, 3), rng.uniform(0.7, 0.95))
    ink = rng.uniform(0.1, 0.35) + rng.uniform(0, 0.2) * np.array([0, 0, 1])  # from black to blue
    middle = width * rng.uniform(0.3, 0.7), height * rng.uniform(0.3, 0.7)
    return Scene(rng, paper, ink, int(min(width, height) * rng.uniform(0.5, 1)), middle)


def expose(scene, digit):
    """The picture that the camera takes of the scene."""
    ink = placed(shape_of(digit, scene.side_px, scene.weight_px), scene.size_px, scene.middle_px)
    levels = scene.paper * (1 - ink) + np.minimum(scene.paper, scene.ink) * ink
    levels = levels * scene.dirt * scene.light
    if scene.negative:
        levels = 1 - levels
    levels = np.asarray(picture_of(levels).filter(ImageFilter.GaussianBlur(LENS_BLUR_PX))) / 255
    return picture_of(levels + scene.rng.normal(0, scene.grain, levels.shape))


def photograph(name, rng, digit):
    """The picture of a scene by name."""
    scene = new_scene(rng)
    SCENES[name](scene)
    return expose(scene, digit)


def packed(picture, source, rng=None, **options):
    """The picture as a PNG file, or with `rng` as a JPEG file of a random quality."""
    out = io.BytesIO()
    if rng is None:
        picture.save(out, "PNG", **options)
    else:
        picture.save(out, "JPEG", quality=int(rng.choice(QUALITIES)), **options)
    return Taken(source, ".png" if rng is None else ".jpg", out.getvalue())


def tight(rng, digit):
    """A crop just around the ink; plain, thin, or light on dark."""
    source = str(rng.choice(("tight", "tight, thin", "tight, light on dark")))
    ink = shape_of(digit, int(rng.choice((60, 120, 300))), -0.5 if "thin" in source else 0)
    rows, columns = np.where(ink.max(1) > 0.5)[0], np.where(ink.max(0) > 0.5)[0]
    ink = ink[rows[0]:rows[-1] + 1, columns[0]:columns[-1] + 1]
    levels = 0.1 + 0.7 * ink if "light" in source else 0.9 - 0.7 * ink
    return packed(picture_of(levels + rng.normal(0, 0.01, levels.shape)), source)


def any_scene(rng, names, digit):
    """The name and the picture of one of some scenes."""
    name = str(rng.choice(names))
    return name, photograph(name, rng, digit)


def low_resolution(rng, digit):
    """30 to 64 px on the longer side."""
    names = ("plain", "gradient", "shadow", "ruled", "frame", "noise", "thick")
    name, picture = any_scene(rng, names, digit)
    share = rng.integers(30, 65) / max(picture.size)
    size = [round(side * share) for side in picture.size]
    return packed(picture.resize(size, Image.Resampling.BOX), f"low resolution, {name}")


def big(rng, digit):
    """1,440 to 2,560 px on the longer side, as cameras give it."""
    name, picture = any_scene(rng, ("plain", "shadow", "squared"), digit)
    size = [4 * side for side in picture.size]
    return packed(picture.resize(size, Image.Resampling.BICUBIC), f"big, {name}", rng)


def turned(rng, digit):
    """A JPEG that is stored turned, with an EXIF orientation that says how."""
    name, picture = any_scene(rng, ("plain", "gradient", "desk"), digit)
    orientation = int(rng.choice(list(TURNS)))
    if TURNS[orientation] is not None:
        picture = picture.transpose(TURNS[orientation])
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = orientation
    return packed(picture, f"turned, orientation {orientation}, {name}", rng, exif=exif)


def transparent(rng, digit):
    """What a canvas exports: strokes of one colour on a transparent background."""
    side = int(rng.choice((200, 280, 400)))
    middle = side * rng.uniform(0.4, 0.6), side * rng.uniform(0.4, 0.6)
    ink = shape_of(digit, int(side * rng.uniform(0.6, 1)), rng.uniform(0, 0.8))
    name, colour = (("black", "#000000"), ("blue", "#1c3faa"), ("white", "#ffffff"))[rng.integers(3)]
    picture = Image.new("RGB", (side, side), colour)
    picture.putalpha(picture_of(placed(ink, (side, side), middle)[..., 0]))
    return packed(picture, f"transparent, {name}")


FORMS = {
    "tight": tight,
    "low resolution": low_resolution,
    "big": big,
    "turned": turned,
    "transparent": transparent,
}

KINDS = (*SCENES, *FORMS)


def take(kind, digit, seed):
    """The picture of a digit; `seed` is a sequence of numbers."""
    rng = np.random.default_rng([*seed, KINDS.index(kind)])
    if kind in FORMS:
        return FORMS[kind](rng, digit)
    return packed(photograph(kind, rng, digit), kind, rng)


def write_pictures(folder, kinds, digits, options):
    """Writes pictures of the kinds and labels.tsv into the folder; returns the path of labels.tsv."""
    images, labels = digits
    table = folder / "labels.tsv"
    with table.open("w") as out:
        out.write("file\tlabel\tkind\tsource\n")
        for kind in kinds:
            for i in range(options.count):
                taken = take(kind, images[i], (options.seed, i))
                name = f"{kind.replace(' ', '-')}-{i:04}{taken.suffix}"
                (folder / name).write_bytes(taken.data)
                out.write(f"{name}\t{labels[i]}\t{kind}\t{taken.source}\n")
    return table
