"""Draws pictures like those of other people's data sets, and of the kinds that are hard to find a digit in.

All digits are MNIST's. KINDS names the kinds; research/make-frames writes them to files. Some imitate data sets whose
digits fill their frame (USPS, Semeion, optdigits, ARDIS, cells of scanned forms), others what cameras and scanners make
of a sheet; several are numbers.
"""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from hard_pictures import DIGIT_SIDE_PX, picture_of
from number_pictures import extent_of, ink_of, label_of, line_of, move, new_hand, two_in_28
from papers import PAPERS, Writing, inked, light_from_a_side, photographed
from picture_files import MANY, Drawn
from strokes import EUROPEAN, OUTLINE_PX, coverage, cropped, grown, outline, slanted, with_pen

LUMA = np.array([0.299, 0.587, 0.114])
SIXTEEN_BITS = {"12 of 16 bits": 4095, "10 of 16 bits": 1023, "8 of 16 bits": 255}
SHEET_SIDES_PX = (800, 1200, 1600, 2000, 2400, 4032)  # longer side


def pick(rng, digits, european=0.0):
    """The outline of any digit and its label; European with that probability, if it is a 1 or a 7."""
    index = digits.any(rng)
    label = int(digits.labels[index])
    strokes = outline(digits.images[index])
    if label in (1, 7) and rng.random() < european:
        strokes = EUROPEAN[label](strokes, rng)
    return strokes, label


def penned(rng, strokes, low, high):
    """The strokes by a pen whose thickness is a share of the height of MNIST's digits, about 20 px."""
    return with_pen(strokes, rng.uniform(low, high) * 20 * OUTLINE_PX)


def fitted(strokes, width_px, height_px):
    """The share of ink of a digit that fits a box, aspect kept."""
    strokes = cropped(strokes)
    height, width = strokes.shape
    scale = min(width_px / width, height_px / height)
    return coverage(strokes, max(1, round(width * scale)), max(1, round(height * scale)))


def pasted(share, height_px, width_px, top_px, left_px):
    """A share of ink in a larger picture; what lies outside is cut off."""
    out = np.zeros((height_px, width_px))
    top, left = max(0, top_px), max(0, left_px)
    part = share[top - top_px:, left - left_px:][:max(0, height_px - top), :max(0, width_px - left)]
    out[top:top + part.shape[0], left:left + part.shape[1]] = part
    return out


def centred(share, height_px, width_px):
    """A share of ink in the middle of a larger picture."""
    return pasted(share, height_px, width_px, (height_px - share.shape[0]) // 2, (width_px - share.shape[1]) // 2)


def on_canvas(share, background, ink):
    """Ink of one level on a background of another."""
    return picture_of(background + (ink - background) * share)


def variant(rng, share, name):
    """A small frame as it is published, mostly; or dark on light, or enlarged."""
    way = rng.choice(("", "dark on light", "enlarged"), p=(0.76, 0.12, 0.12))
    picture = on_canvas(share, 1, 0) if way == "dark on light" else on_canvas(share, 0, 1)
    if way == "enlarged":
        resampling = (Image.Resampling.NEAREST, Image.Resampling.BICUBIC)[rng.integers(2)]
        times = int(rng.integers(2, 9))
        picture = picture.resize([times * side for side in picture.size], resampling)
    return f"{name}, {way}" if way else name, picture


def usps(rng, digits, _):
    """16x16 grey; the digit fills the frame, aspect kept."""
    strokes, label = pick(rng, digits)
    share = centred(fitted(penned(rng, strokes, 0.11, 0.21), 16, 16), 16, 16)
    blurred = np.asarray(picture_of(share).filter(ImageFilter.GaussianBlur(rng.uniform(0, 0.5)))) / 255
    source, picture = variant(rng, np.clip(blurred * rng.uniform(1, 1.4), 0, 1), "USPS")
    return Drawn(str(label), source, picture)


def semeion(rng, digits, _):
    """16x16 binary, stretched both ways; a plain 1 is stretched less."""
    strokes, label = pick(rng, digits, european=0.8)
    strokes = cropped(penned(rng, strokes, 0.08, 0.17))
    height, width = strokes.shape
    wide = min(16, max(3, round(16 * width / height * 2.2)))
    share = centred(coverage(strokes, wide, 16) > 0.5, 16, 16)
    source, picture = variant(rng, share, "Semeion")
    return Drawn(str(label), source, picture)


def optdigits(rng, digits, at):
    """A 32x32 bitmap that the digit fills, or how many of 4x4 of its pixels are set, 8x8 of 0 to 16."""
    strokes, label = pick(rng, digits)
    strokes = cropped(penned(rng, strokes, 0.1, 0.2))
    height, width = strokes.shape
    wide = min(32, max(4, round(32 * width / height * rng.uniform(0.75, 1.1))))
    bitmap = centred(coverage(strokes, wide, 32) > 0.5, 32, 32)
    if at % 4 == 3:
        source, picture = variant(rng, bitmap, "optdigits, 32x32")
        return Drawn(str(label), source, picture)
    counts = bitmap.reshape(8, 4, 8, 4).sum((1, 3))
    source, picture = variant(rng, np.minimum(counts * rng.choice((15, 255 / 16, 16)) / 255, 1), "optdigits, 8x8")
    return Drawn(str(label), source, picture)


def smooth_noise(rng, size, cells):
    """Smooth noise from 0 to 1, [size][size]."""
    coarse = picture_of(rng.random((cells, cells)))
    return np.asarray(coarse.resize((size, size), Image.Resampling.BICUBIC)) / 255


def fragments(rng, digits, frame):
    """Parts of the neighbours at the left and right edge of a frame, in columns that the digit leaves free."""
    side = len(frame)
    free = np.flatnonzero(frame.max(0) > 0.1)
    for left in rng.permutation([True, False])[:rng.choice((0, 1, 2), p=(0.4, 0.35, 0.25))]:
        columns = min(int(rng.integers(1, 5)), (free[0] if left else side - 1 - free[-1]) - 1)
        if columns < 1:
            continue
        other = fitted(penned(rng, pick(rng, digits)[0], 0.12, 0.2), side, rng.uniform(0.6, 0.95) * side)
        top = int(rng.integers(-2, 3)) + (side - len(other)) // 2
        at = columns - other.shape[1] if left else side - columns
        frame = np.maximum(frame, pasted(other, side, side, top, at))
    return frame


def ardis(rng, digits, _):
    """28x28 of old books: a broad nib, uneven ink, parts of the neighbours, black background."""
    strokes, label = pick(rng, digits, european=0.6)
    strokes = slanted(penned(rng, strokes, 0.08, 0.15), rng.uniform(0, 0.2))
    strokes = grown(strokes, rng.uniform(0, 0.06) * 20 * OUTLINE_PX, rng.uniform(0.2, 0.8))
    share = fitted(strokes, 24, rng.uniform(19, 27.4))
    side = DIGIT_SIDE_PX
    top, left = ((side - share.shape[axis]) // 2 + int(rng.integers(-1, 2)) for axis in (0, 1))
    frame = fragments(rng, digits, pasted(share, side, side, top, left))
    level = frame * (1 - rng.uniform(0.1, 0.5) * smooth_noise(rng, side, 6)) * rng.uniform(0.75, 1)
    source, picture = variant(rng, np.where(level < 0.1, 0, level), "ARDIS")
    return Drawn(str(label), source, picture)


def photo_of(rng, share, paper, ink, depth=0.0, blur_px=0.6, grain=0.01):
    """A grey photo of ink on paper, in light from one side."""
    levels = (paper + (ink - paper) * share) * light_from_a_side(rng, share.shape, depth)[..., 0]
    return photographed(rng, levels, blur_px, grain).convert("RGB")


def border_of(rng, height, width):
    """Remains of a cell's border along some of its sides: a share of ink."""
    picture = Image.new("L", (width, height))
    pen = ImageDraw.Draw(picture)
    for side in rng.permutation(4)[:rng.integers(1, 5)]:
        long, short = (width, height) if side < 2 else (height, width)
        start, end = (0, long) if rng.random() < 0.6 else sorted(rng.uniform(0, long, 2))
        at = rng.uniform(0, 0.05) * short + np.array([0, rng.uniform(-0.02, 0.02) * short])
        at = short - 1 - at if side % 2 else at
        ends = [(start, at[0]), (end, at[1])]
        pen.line(ends if side < 2 else [end[::-1] for end in ends], 255, int(rng.integers(1, 4)))
    return np.asarray(picture) / 255


def scanned_cell(rng, digits, _):
    """A cell of a scanned form with remains of its border."""
    strokes, label = pick(rng, digits, european=0.2)
    height, width = (int(side) for side in rng.uniform(36, 110) * np.array([1, rng.uniform(0.75, 1.2)]))
    digit = fitted(penned(rng, strokes, 0.06, 0.14), 0.85 * width, rng.uniform(0.45, 0.85) * height)
    free = np.array([height - digit.shape[0], width - digit.shape[1]])
    top, left = (int(rng.uniform(0.3, 0.7) * side) for side in free)
    share = np.maximum(pasted(digit, height, width, top, left), rng.uniform(0.4, 1) * border_of(rng, height, width))
    picture = photo_of(rng, share, rng.uniform(0.78, 1), rng.uniform(0.05, 0.45), rng.uniform(0, 0.1),
                       rng.uniform(0.2, 0.6), rng.uniform(0, 0.025))
    return Drawn(str(label), "scanned cell", picture, bool(rng.integers(2)))


def tight(rng, digits, _):
    """A tight crop of a photo: the digit fills it."""
    strokes, label = pick(rng, digits, european=0.2)
    low, high, pen = ((0.06, 0.1, "thin"), (0.1, 0.18, "medium"), (0.18, 0.26, "thick"))[rng.integers(3)]
    height = float(np.exp(rng.uniform(np.log(20), np.log(300))))
    digit = fitted(penned(rng, strokes, low, high), 1.2 * height, height)
    before, after = rng.integers(0, 3, 2) * max(1, round(height / 60)), rng.integers(0, 3, 2) * max(1, round(height / 60))
    share = pasted(digit, *(before + digit.shape + after), *before)
    paper = rng.uniform(0.5, 0.9)
    picture = photo_of(rng, share, paper, paper * rng.uniform(0.15, 0.5), rng.uniform(0, 0.35),
                       min(rng.uniform(0.3, 1), height / 60), rng.uniform(0.004, 0.025))
    return Drawn(str(label), f"tight, {pen} pen", picture, True)


def sheet(rng, share, source, label, query=""):
    """A photo of a large sheet on which little is written; the digits are of good contrast."""
    longer = int(rng.choice(SHEET_SIDES_PX, p=(0.2, 0.2, 0.2, 0.15, 0.15, 0.1)))
    shorter = int(longer * rng.choice((0.707, 0.75)))
    height, width = (longer, shorter) if rng.random() < 0.6 else (shorter, longer)
    written = share(longer)
    edge = longer // 50
    top, left = (int(rng.integers(edge, max(edge + 1, side - edge - own)))
                 for side, own in zip((height, width), written.shape))
    whole = pasted(written, height, width, top, left)
    paper = rng.uniform(0.75, 0.95)
    picture = photo_of(rng, whole, paper, paper * rng.uniform(0.1, 0.4), rng.uniform(0, 0.3), rng.uniform(0.4, 0.8),
                       rng.uniform(0.002, 0.012))
    return Drawn(label, f"{source}, {'more than' if longer > 1600 else 'at most'} 1600 px", picture, True, query)


def small(rng, digits, _):
    """A digit of 1.5 to 5 % of the longer side of a sheet."""
    strokes, label = pick(rng, digits, european=0.2)
    share = rng.uniform(0.015, 0.05)
    pen = rng.uniform(0.08, 0.16)
    source = "1.5 to 3 %" if share < 0.03 else "3 to 5 %"
    return sheet(rng, lambda longer: fitted(penned(rng, strokes, pen, pen), longer, max(13, share * longer)), source,
                 str(label))


def row_of(rng, digits, hand, spacing, length):
    """Digits in a row: a share of ink just around them, and their label."""
    indices = [digits.any(rng) for _ in range(length)]
    line = line_of(rng, digits, indices, hand, spacing)
    return line, label_of(digits, indices)


def around(line, left_px=0, top_px=0, right_px=0, bottom_px=0):
    """The share of ink of a line of digits with margins."""
    left, right, top, bottom = extent_of(line.glyphs)
    move(line.glyphs, left_px - left, top_px - top)
    return ink_of(line.glyphs, (top_px + bottom - top + bottom_px, left_px + right - left + right_px))


def small_number(rng, digits, _):
    """A number whose digits have 1.5 to 4 % of the longer side of a sheet."""
    share = rng.uniform(0.015, 0.04)
    length = int(rng.integers(3, 7))
    hand = new_hand(rng)
    indices = [digits.any(rng) for _ in range(length)]

    def written(longer):
        hand.height_px = max(14, share * longer)
        hand.pen_px = max(1.4, hand.height_px * rng.uniform(0.08, 0.15))
        return around(line_of(rng, digits, indices, hand, ("apart", "close")[rng.integers(2)]))

    return sheet(rng, written, "number", label_of(digits, indices), MANY)


def fall_of(rng, size, light, dark):
    """Paper that is `light` at one side, or in one corner, and falls to `dark`."""
    height, width = size
    y, x = np.mgrid[0:height, 0:width] / np.array([height, width]).reshape(2, 1, 1)
    y, x = (y if rng.random() < 0.7 else 1 - y), (x if rng.random() < 0.5 else 1 - x)
    along = ((y, x, np.hypot(x, y) / 1.4)[rng.choice(3, p=(0.5, 0.2, 0.3))]) / rng.uniform(0.3, 0.7)
    return dark + (light - dark) * np.exp(-along**2)


def fallen(rng, share, source, label, query=""):
    """Ink on paper that is lit from one side; ink is little of the picture."""
    paper = fall_of(rng, share.shape, rng.uniform(195, 240) / 255, rng.uniform(115, 160) / 255)
    levels = paper + rng.normal(0, rng.uniform(0.004, 0.01), share.shape)
    picture = picture_of(levels * (1 - share) + rng.uniform(15, 55) / 255 * share)
    return Drawn(label, source, picture, rng.random() < 0.7, query)


def falloff(rng, digits, _):
    """A thin dark pen on grey paper that is lit from one side."""
    strokes, label = pick(rng, digits)
    height, width = (int(side) for side in rng.uniform(180, 420, 2))
    tall = rng.uniform(0.25, 0.5) * height
    pen = max(1.6, rng.uniform(0.02, 0.05) * tall) / tall
    digit = fitted(penned(rng, strokes, pen, pen), 0.5 * width, tall)
    top, left = (int(rng.uniform(0.1, 0.9) * (side - own)) for side, own in zip((height, width), digit.shape))
    return fallen(rng, pasted(digit, height, width, top, left), "falloff", str(label))


def falloff_row(rng, digits, _):
    """A number on such paper."""
    hand = new_hand(rng)
    hand.height_px, hand.pen_px = rng.uniform(45, 100), rng.uniform(2, 4)
    line, label = row_of(rng, digits, hand, "apart", int(rng.integers(2, 6)))
    margins = [int(hand.height_px * rng.uniform(0.3, 1.4)) for _ in range(4)]
    return fallen(rng, around(line, *margins), "falloff, number", label, MANY)


def patch(rng, digits, _):
    """A grey scan pasted on a white page."""
    strokes, label = pick(rng, digits)
    height, width = (int(side) for side in rng.uniform(120, 400) * rng.uniform(0.8, 1.2, 2))
    top, left, bottom, right = (int(share * side) for share, side in
                                zip(rng.uniform(0.05, 0.3, 4), (height, width, height, width)))
    tall, wide = height - top - bottom, width - left - right
    digit = fitted(penned(rng, strokes, 0.05, 0.14), 0.85 * wide, rng.uniform(0.6, 0.92) * tall)
    levels = np.ones((height, width))
    grain = rng.uniform(0, 0.012)
    levels[top:top + tall, left:left + wide] = rng.uniform(0.74, 0.94) + rng.normal(0, grain, (tall, wide))
    share = pasted(centred(digit, tall, wide), height, width, top, left)
    ink = rng.uniform(0.08, 0.35)
    return Drawn(str(label), "patch", picture_of(levels * (1 - share) + ink * share), rng.random() < 0.3)


def frame(rng, digits, _):
    """The digit fills a small binary frame, at its sides a little cut; a 1 may be a plain bar."""
    strokes, label = pick(rng, digits)
    side = int(rng.choice((12, 14, 16, 20, 24, 32, 48)))
    if label == 1 and rng.random() < 0.5:
        width = max(1, round(side * rng.uniform(0.1, 0.25)))
        share = pasted(np.ones((side, width)), side, side, 0, int(rng.integers(0, side - width + 1)))
    else:
        strokes = cropped(penned(rng, strokes, 0.09, 0.2))
        height, width = strokes.shape
        wide = min(round(1.12 * side), max(2, round(side * width / height * rng.uniform(1, 1.4))))
        share = centred(coverage(strokes, wide, side), side, side)
    share = share > 0.45 if rng.random() < 0.7 else share
    return Drawn(str(label), f"frame of {'up to 20' if side <= 20 else 'more'} px",
                 on_canvas(share, 0, 1) if rng.random() < 0.85 else on_canvas(share, 1, 0))


def bleeding(rng, digits, height, width):
    """Writing from the other side of the sheet, mirrored: a share of ink that covers much of it."""
    share = np.zeros((height, width))
    size = rng.uniform(0.08, 0.16) * height
    left, top = rng.uniform(0, 0.6, 2) * np.array([width, height])
    for y in np.arange(top, height, 1.25 * size):
        for x in np.arange(left, width, 0.9 * size):
            if rng.random() < 0.7:
                digit = fitted(penned(rng, pick(rng, digits)[0], 0.06, 0.12), size, size)[:, ::-1]
                share = np.maximum(share, pasted(digit, height, width, int(y), int(x)))
    return share


def faint(rng, digits, at):
    """Black ink, and at 6 to 9 % of its contrast a margin line, writing from the other side, or grain."""
    strokes, label = pick(rng, digits)
    height, width = (int(side) for side in rng.uniform(110, 280, 2))
    digit = fitted(penned(rng, strokes, 0.03, 0.09), 0.5 * width, rng.uniform(0.35, 0.6) * height)
    top, left = (int(rng.uniform(0.15, 0.85) * (side - own)) for side, own in zip((height, width), digit.shape))
    share = pasted(digit, height, width, top, left)
    name = ("margin", "bleeding", "grain")[at % 3]
    marks = np.zeros((height, width))
    if name == "grain":
        marks = np.abs(np.asarray(picture_of(0.5 + rng.normal(0, 0.35, (height, width))).filter(
            ImageFilter.GaussianBlur(rng.uniform(0, 1)))) / 255 - 0.5) * 2
    else:
        x = int(rng.uniform(0.05, 0.3) * width)
        marks[:, x:x + int(rng.integers(1, 4))] = 1
        marks = np.maximum(marks, bleeding(rng, digits, height, width)) if name == "bleeding" else marks
    paper, ink = rng.uniform(0.94, 1), rng.uniform(0, 0.1)
    levels = paper - rng.uniform(0.06, 0.09) * (paper - ink) * marks
    return Drawn(str(label), f"faint, {name}", picture_of(levels * (1 - share) + ink * share), rng.random() < 0.3)


def strip(rng, digits, _):
    """A thick felt pen in a strip hardly higher than its digits."""
    hand = new_hand(rng)
    hand.height_px = rng.uniform(30, 110)
    hand.pen_px, hand.unevenness = hand.height_px * rng.uniform(0.11, 0.19), 0.01
    line, label = row_of(rng, digits, hand, ("apart", "close")[rng.integers(2)], int(rng.integers(3, 7)))
    ends = [int(rng.uniform(0.05, 0.6) * hand.height_px) for _ in range(2)]
    edges = [int(rng.uniform(0, 0.06) * hand.height_px) for _ in range(2)]
    share = around(line, ends[0], edges[0], ends[1], edges[1])
    light = rng.random() < 0.25
    return Drawn(label, f"strip, {'light on dark' if light else 'dark on light'}",
                 on_canvas(share, 0, 1) if light else on_canvas(share, rng.uniform(0.85, 1), rng.uniform(0, 0.2)),
                 query=MANY)


def row_with_an_odd_one(rng, digits, at):
    """A row in which a 1 goes from edge to edge, or one digit is paler and smaller."""
    hand = new_hand(rng)
    hand.height_px = rng.uniform(30, 80)
    hand.pen_px, hand.unevenness = hand.height_px * rng.uniform(0.05, 0.1), 0.02
    line, label = row_of(rng, digits, hand, "apart", int(rng.integers(3, 7)))
    odd = int(rng.integers(len(label)))
    pale = at % 2 == 0
    if pale:
        glyph = line.glyphs[odd]
        share = rng.uniform(0.5, 0.75)
        size = [max(2, round(side * share)) for side in glyph.share.shape]
        small_one = picture_of(glyph.share).resize(size[::-1], Image.Resampling.BOX)
        glyph.top_px += len(glyph.share) - size[0]
        glyph.share = np.asarray(small_one) / 255 * rng.uniform(0.35, 0.6)
    margins = [int(hand.height_px * rng.uniform(0.15, 0.5)) for _ in range(4)]
    share = around(line, *margins)
    if not pale:
        width = max(1, round(hand.pen_px))
        glyph = line.glyphs[odd]
        share[:, glyph.left_px:glyph.left_px + glyph.width_px] = 0
        middle = glyph.left_px + glyph.width_px // 2
        share[:, middle:middle + width] = 1
        label = label[:odd] + "1" + label[odd + 1:]
    paper = rng.uniform(0.9, 1)
    return Drawn(label, "row, a pale one" if pale else "row, a 1 from edge to edge",
                 on_canvas(share, paper, paper * rng.uniform(0, 0.45)), rng.random() < 0.3, MANY)


def touching(rng, digits, _):
    """Two to four digits of a thick pen that touch, on plain grey."""
    hand = new_hand(rng)
    hand.height_px = rng.uniform(35, 110)
    hand.pen_px = hand.height_px * rng.uniform(0.07, 0.13)
    line, label = row_of(rng, digits, hand, "touching", int(rng.integers(2, 5)))
    margins = [int(hand.height_px * rng.uniform(0.15, 0.5)) for _ in range(4)]
    return Drawn(label, "touching", on_canvas(around(line, *margins), rng.uniform(0.75, 0.95), rng.uniform(0.1, 0.3)),
                 rng.random() < 0.3, MANY)


def colours_of_equal_luma(rng):
    """Two colours with the same luma, within 2 %, and of different hues."""
    while True:
        paper, ink = rng.random((2, 3))
        if abs((paper - ink) @ LUMA) < 0.02 and np.linalg.norm(paper - ink) > 0.5:
            return paper, ink


def colour(rng, digits, _):
    """Ink as light as its background, but of another hue."""
    strokes, label = pick(rng, digits)
    height, width = (int(side) for side in rng.uniform(80, 300) * rng.uniform(0.8, 1.2, 2))
    digit = fitted(penned(rng, strokes, 0.08, 0.18), 0.8 * width, rng.uniform(0.4, 0.8) * height)
    top, left = (int(rng.uniform(0.2, 0.8) * (side - own)) for side, own in zip((height, width), digit.shape))
    paper, ink = colours_of_equal_luma(rng)
    levels = inked(paper, ink, pasted(digit, height, width, top, left))
    jpeg = rng.random() < 0.4
    return Drawn(str(label), "colour, JPEG" if jpeg else "colour, PNG",
                 photographed(rng, levels, 0.5, 0.008) if jpeg else picture_of(levels), jpeg)


def faint_28(rng, digits, at):
    """MNIST's form in faint ink, 16 to 96 of 255; every fifth enlarged to 56x56."""
    index = digits.any(rng)
    low, high = ((16, 32), (32, 64), (64, 97))[at % 3]
    ink = int(rng.integers(low, high))
    picture = picture_of(np.rint(digits.images[index] * (ink / 255)) / 255)
    large = at % 5 == 4
    if large:
        picture = picture.resize((56, 56), Image.Resampling.BICUBIC)
    return Drawn(str(digits.labels[index]), f"{'56x56' if large else '28x28'}, ink {low} to {high - 1}", picture)


def sixteen_bits(rng, digits, at):
    """Samples that use a part of 16 bits."""
    strokes, label = pick(rng, digits)
    side = int(rng.uniform(28, 200))
    share = centred(fitted(penned(rng, strokes, 0.08, 0.18), 0.7 * side, 0.7 * side), side, side)
    name = list(SIXTEEN_BITS)[at % 3]
    background, ink = (0.95, 0.1) if rng.random() < 0.6 else (0.02, 0.9)
    samples = np.rint((background + (ink - background) * share) * SIXTEEN_BITS[name])
    return Drawn(str(label), name, Image.fromarray(samples.astype(np.uint16)))


def european(rng, digits, at):
    """A 1 with an upstroke, a 7 with a bar, or a 0 with a slash, on any paper."""
    label = (1, 7, 0)[at % 3]
    strokes = EUROPEAN[label](outline(digits.images[digits.any_of(rng, label)]), rng)
    height = rng.uniform(40, 200)
    pen = rng.uniform(0.06, 0.15)
    digit = fitted(penned(rng, strokes, pen, pen), 1.2 * height, height)
    margins = [int(height * rng.uniform(0.2, 1)) for _ in range(4)]
    share = pasted(digit, digit.shape[0] + margins[0] + margins[2], digit.shape[1] + margins[1] + margins[3],
                   margins[0], margins[1])
    baseline = margins[0] + digit.shape[0]
    paper = str(rng.choice(list(PAPERS)))
    picture, jpeg = PAPERS[paper](rng, Writing(share, height, pen * height, ((baseline, baseline),)))
    return Drawn(str(label), ("1 with an upstroke", "7 with a bar", "0 with a slash")[at % 3], picture, jpeg)


KINDS = {
    "USPS": usps,
    "Semeion": semeion,
    "optdigits": optdigits,
    "ARDIS": ardis,
    "scanned cell": scanned_cell,
    "tight": tight,
    "small": small,
    "small number": small_number,
    "falloff": falloff,
    "falloff row": falloff_row,
    "patch": patch,
    "frame": frame,
    "faint": faint,
    "strip": strip,
    "row": row_with_an_odd_one,
    "touching": touching,
    "two in 28x28": two_in_28,
    "colour": colour,
    "faint 28x28": faint_28,
    "16 bits": sixteen_bits,
    "European": european,
}
