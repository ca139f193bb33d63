"""Pictures for tests: the drawn digits of docs/images on paper, in lines, in colour, small and touching."""

import struct
import zlib

import numpy as np
from PIL import Image

from digitd import ROOT

NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def ink_of(name):
    """[height][width] of a drawing in docs/images, 0 paper to 255 ink, without the paper around it."""
    ink = np.asarray(Image.open(ROOT / f"docs/images/{name}.png").convert("L"))
    ink = 255 - ink if np.median(ink) > 127 else ink
    rows, columns = np.nonzero(ink > 64)
    return ink[rows.min():rows.max() + 1, columns.min():columns.max() + 1]


def on_paper(*names, gap_px=40, background=230):
    """Pictures from docs/images side by side, in dark ink on light paper."""
    pictures = [Image.open(ROOT / f"docs/images/{name}.png").convert("L") for name in names]
    height = max(picture.height for picture in pictures) + 2 * gap_px
    paper = Image.new("L", (sum(p.width + gap_px for p in pictures) + gap_px, height), background)
    left = gap_px
    for picture in pictures:
        ink = np.asarray(picture)
        ink = 255 - ink if np.median(ink) > 127 else ink
        shade = background - (ink * (background - 20.0) / 255).astype(np.uint8)
        paper.paste(Image.fromarray(shade), (left, gap_px))
        left += picture.width + gap_px
    return paper


def number_ink(digits, height_px=60, gap_px=12):
    """[height][width] of a row of digits, each `height_px` high, with gaps between them; below 0 they overlap."""
    drawn = [Image.fromarray(ink_of(NAMES[int(digit)])) for digit in digits]
    drawn = [ink.resize((max(1, round(ink.width * height_px / ink.height)), height_px), Image.Resampling.BOX)
             for ink in drawn]
    row = np.zeros((height_px, sum(ink.width + max(gap_px, 0) for ink in drawn)), np.uint8)
    left = right = 0
    for ink in drawn:
        part = row[:, left:left + ink.width]
        np.maximum(part, np.asarray(ink), out=part)
        right = left + ink.width
        left = right + gap_px
    return row[:, :right]


def sheet(rows, width_px, height_px, left_px=None, top_px=None, paper=(230, 230, 230), ink=(30, 30, 30)):
    """A sheet of paper with rows of ink in its middle, or at (left, top)."""
    sheet_ink = np.zeros((height_px, width_px), np.float64)
    left = (width_px - rows.shape[1]) // 2 if left_px is None else left_px
    top = (height_px - rows.shape[0]) // 2 if top_px is None else top_px
    sheet_ink[top:top + rows.shape[0], left:left + rows.shape[1]] = rows / 255.0
    blend = np.asarray(paper, float) + sheet_ink[..., np.newaxis] * (np.asarray(ink, float) - np.asarray(paper, float))
    return Image.fromarray(np.round(blend).astype(np.uint8))


def number_on_paper(digits, margin_px=30, **options):
    row = number_ink(digits, **options)
    return sheet(row, row.shape[1] + 2 * margin_px, row.shape[0] + 2 * margin_px)


def lines_on_paper(lines, height_px=50, gap_px=40, margin_px=30):
    """Numbers one below the other, each beginning at the left margin."""
    rows = [number_ink(line, height_px) for line in lines]
    page = np.zeros((len(rows) * (height_px + gap_px) - gap_px, max(row.shape[1] for row in rows)), np.uint8)
    for i, row in enumerate(rows):
        top = i * (height_px + gap_px)
        page[top:top + height_px, :row.shape[1]] = row
    return sheet(page, page.shape[1] + 2 * margin_px, page.shape[0] + 2 * margin_px)


def grey_16(levels):
    """The bytes of a PNG with 16 bits a sample from an array of levels from 0 to 65,535."""
    height, width = levels.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in levels)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, 16, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def specks(count, side_px=1200, height_px=14, seed=1):
    """A page of text as hostile as it can be: `count` marks of the size of small letters, in lines."""
    random = np.random.default_rng(seed)
    page = np.full((side_px, side_px), 235, np.uint8)
    across = int(np.ceil(np.sqrt(count)))
    step = side_px // across
    for i in range(count):
        top, left = i // across * step, i % across * step
        size = max(2, min(height_px, step - 3))
        mark = random.integers(0, 2, (size, max(2, size * 2 // 3))) * 200
        part = page[top + 1:top + 1 + mark.shape[0], left + 1:left + 1 + mark.shape[1]]
        part -= mark[:part.shape[0], :part.shape[1]].astype(np.uint8)
    return Image.fromarray(page)


def grid(side_px=512, step_px=16, line_px=2):
    """Crossing lines: thousands of cells, all of whose ink is one component."""
    page = np.full((side_px, side_px), 240, np.uint8)
    for offset in range(line_px):
        page[offset::step_px] = 20
        page[:, offset::step_px] = 20
    return Image.fromarray(page)


def noise(side_px, channels=1, seed=1):
    shape = (side_px, side_px) if channels == 1 else (side_px, side_px, channels)
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, np.uint8))
