"""Pictures that are made to cost much: what a request of up to 8 MiB may take in CPU time and memory.

Each body is sent to a server of its own. The CPU time is that of the process, and the memory is the growth of its
peak resident set.
"""

import base64
import json
import os
import re
import struct
import zlib
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitd import Digitd, encoded

MIB = 1 << 20
BODY_MIB = 8
CPU_SECONDS = 0.5
CPU_SECONDS_PER_MIB = 0.12
MEMORY_BYTES = 96 * MIB

GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
SAMPLES = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}
PAETH = 4
ZLIB_HEADER = b"\x78\xda"
FINAL_EMPTY_BLOCK = b"\x03\x00"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width, height, depth=8, colour=GREY, interlace=0):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))


def png(*chunks):
    return SIGNATURE + b"".join(chunks) + chunk(b"IEND", b"")


def deflated(pieces):
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(piece) for piece in pieces) + packer.flush()


def small_rows():
    """The rows of 28x28 grey pixels."""
    return deflated([bytes(29 * 28)])


def zeros(mebibytes):
    """Deflated zeros in whole blocks, without zlib's header and end."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)) * mebibytes


def data_behind_the_last_row(mebibytes):
    adler = (((mebibytes << 20) % 65521) << 16) | 1
    stream = ZLIB_HEADER + zeros(mebibytes) + FINAL_EMPTY_BLOCK + struct.pack(">I", adler)
    return png(header(28, 28), chunk(b"IDAT", stream))


def filtered_rows(width, height, depth, colour, interlace, filter_type):
    """The deflated rows of a black picture, all with one filter."""
    passes = ADAM7 if interlace else [(0, 0, 1, 1)]
    packer = zlib.compressobj(1)
    out = []
    for x, y, across, down in passes:
        pixels, rows = len(range(x, width, across)), len(range(y, height, down))
        row = bytes([filter_type]) + bytes((pixels * SAMPLES[colour] * depth + 7) // 8)
        together = max(1, MIB // len(row))
        for first in range(0, rows if pixels else 0, together):
            out.append(packer.compress(row * min(together, rows - first)))
    return b"".join(out) + packer.flush()


def large_png(width, height, depth=8, colour=GREY, interlace=0, filter_type=PAETH, between=()):
    rows = filtered_rows(width, height, depth, colour, interlace, filter_type)
    return png(header(width, height, depth, colour, interlace), *between, chunk(b"IDAT", rows))


def noisy_png(side):
    """Rows that cannot be compressed, with Paeth's filter."""
    noise = np.random.default_rng(1).integers(0, 256, (side, side + 1), np.uint8)
    noise[:, 0] = PAETH
    return png(header(side, side), chunk(b"IDAT", deflated([noise.tobytes()])))


class Bits:
    """Deflate's bits, the lowest first."""

    def __init__(self):
        self.value = self.count = 0

    def add(self, value, count):
        self.value |= value << self.count
        self.count += count

    def bytes(self):
        return self.value.to_bytes((self.count + 7) // 8, "little")


def empty_dynamic_block():
    """A block of no data whose codes fill inflate's table of literals, padded by an empty stored block."""
    bits = Bits()
    bits.add(0, 1)
    bits.add(2, 2)
    bits.add(0, 5)  # 257 codes of literals and lengths: 255 of 8 bits, then two of 9
    bits.add(0, 5)  # one code of distances
    bits.add(3, 4)  # 7 code lengths of code lengths
    lengths = {16: 1, 8: 2, 0: 3, 9: 3}
    for symbol in [16, 17, 18, 0, 8, 7, 9]:
        bits.add(lengths.get(symbol, 0), 3)
    repeat, eight, none, nine = (0b0, 1), (0b01, 2), (0b011, 3), (0b111, 3)  # reversed
    bits.add(*eight)
    for _ in range(42):
        bits.add(*repeat)
        bits.add(3, 2)  # six times
    for code in (eight, eight, nine, nine, none):
        bits.add(*code)
    bits.add(0x1FF, 9)  # the end
    bits.add(0, 3)
    return bits.bytes() + b"\x00\x00\xff\xff"


def empty_blocks(block, mebibytes, width, height):
    """A picture whose rows come behind a flood of blocks without data."""
    rows = filtered_rows(width, height, 8, GREY, 0, 0)
    flood = block * (int(mebibytes * MIB) // len(block))
    return png(header(width, height), chunk(b"IDAT", rows[:2] + flood + rows[2:]))


def many_chunks(kind, data, count):
    """Many chunks before the rows, or, if they are IDAT, that hold the rows."""
    if kind == b"IDAT":
        rows = small_rows()
        pieces = [chunk(kind, rows[i:i + 1]) for i in range(len(rows))]
        return png(header(28, 28), chunk(kind, b"") * count, *pieces)
    return png(header(28, 28), chunk(kind, data) * count, chunk(b"IDAT", small_rows()))


def ancillary(kind, data):
    return png(header(28, 28), chunk(kind, data), chunk(b"IDAT", small_rows()))


def bomb():
    return ZLIB_HEADER + zeros(BODY_MIB * 1000 - 400)


def segment(marker, data):
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data


def frame(marker, width, height, sampling):
    components = b"".join(bytes([i + 1, factors, 0]) for i, factors in enumerate(sampling))
    return segment(marker, struct.pack(">BHHB", 8, height, width, len(sampling)) + components)


def jpeg_head(marker, width, height, sampling):
    return b"\xff\xd8" + segment(0xDB, b"\0" + b"\1" * 64) + frame(marker, width, height, sampling)


def one_code(kind, symbol):
    return segment(0xC4, bytes([kind, 1] + [0] * 15 + [symbol]))


def scan(ids, first, last, bits, data):
    return segment(0xDA, bytes([len(ids)]) + b"".join(bytes([i, 0]) for i in ids) + bytes([first, last, bits])) + data


def block_count(width, height):
    return -(-width // 8) * -(-height // 8)


def progressive_without_coefficients(width, height, components, scans, run=0):
    """Every scan is in order and says of all blocks that nothing is left, in runs of 2^run to 2^(run + 1) - 1."""
    ids = range(1, components + 1)
    blocks = block_count(width, height)
    symbols = bytes((blocks >> run) * (run + 1) // 8 + 16) if run else bytes(blocks // 8 + 16)
    out = jpeg_head(0xC2, width, height, [0x11] * components) + one_code(0x00, 0x00)
    out += scan(ids, 0, 0, 0, bytes(blocks * components // 8 + 16))
    out += one_code(0x10, run << 4)
    for i in ids:
        out += scan([i], 1, 63, 0x0D, symbols)
    for n in range(scans - 1 - components):
        bit = max(12 - n // components, 0)
        out += scan([n % components + 1], 1, 63, (bit + 1) << 4 | bit, symbols)
    return out + b"\xff\xd9"


def empty_scans(width, height, components, scans):
    """Scans that end before their first block."""
    out = jpeg_head(0xC2, width, height, [0x11] * components) + one_code(0x00, 0x00) + one_code(0x10, 0xE0)
    for n in range(scans):
        out += scan([n % components + 1], 1, 63, 0x0D, bytes(9))
    return out + b"\xff\xd9"


def flat_baseline(width, height, sampling, restart=0):
    """A baseline picture of which every block has two bits."""
    blocks = sum((factors >> 4) * (factors & 15) for factors in sampling) if len(sampling) > 1 else 1
    across, down = (sampling[0] >> 4, sampling[0] & 15) if len(sampling) > 1 else (1, 1)
    units = -(-width // (8 * across)) * -(-height // (8 * down))
    out = jpeg_head(0xC0, width, height, sampling) + one_code(0x00, 0x00) + one_code(0x10, 0x00)
    if restart:
        out += segment(0xDD, struct.pack(">H", restart))
        unit = bytes((blocks * 2 * restart + 7) // 8)
        eight = b"".join(unit + bytes([0xFF, 0xD0 + i]) for i in range(8))
        data = (eight * (units // restart // 8 + 1))[:(units // restart - 1) * (len(unit) + 2)] + unit
    else:
        data = bytes(units * blocks * 2 // 8 + 1)
    return out + scan(range(1, len(sampling) + 1), 0, 63, 0, data) + b"\xff\xd9"


def scans_one_by_one(width, height, components, scans):
    """A sequential picture with a scan for each component, again and again."""
    out = jpeg_head(0xC1, width, height, [0x11] * components) + one_code(0x00, 0x00) + one_code(0x10, 0x00)
    data = bytes(block_count(width, height) * 2 // 8 + 1)
    for n in range(scans):
        out += scan([n % components + 1], 0, 63, 0, data)
    return out + b"\xff\xd9"


def jpeg_with(data):
    small = encoded(np.zeros((28, 28), np.uint8), "JPEG")
    return small[:2] + data * ((BODY_MIB * MIB - len(small) - 400) // len(data)) + small[2:]


def noisy_jpeg(width, height, quality, **options):
    tile = np.random.default_rng(2).integers(0, 256, (512, 512, 3), np.uint8)
    tiles = np.tile(tile, (-(-height // 512), -(-width // 512), 1))[:height, :width]
    return encoded(Image.fromarray(tiles), "JPEG", quality=quality, **options)


def bmp(width, height, bits, palette_colours=0):
    row = (width * bits + 31) // 32 * 4
    at = 54 + 4 * palette_colours
    head = struct.pack("<2sIHHIIiiHHIIiiII", b"BM", at + row * height, 0, 0, at, 40, width, height, 1, bits, 0,
                       row * height, 0, 0, palette_colours, 0)
    return head + bytes(4 * palette_colours) + bytes(row * height)


def batch(picture, count):
    text = base64.b64encode(picture).decode()
    return json.dumps({"instances": [{"b64": text}] * count}).encode()


def one_megapixel_png():
    return large_png(1024, 1024)


# Name: how to make the body. Those of a name that begins with "batch" are JSON.
BODIES = {
    "png, 100 MiB behind the last row": partial(data_behind_the_last_row, 100),
    "png, 7.9 GiB behind the last row": partial(data_behind_the_last_row, 7900),
    "png, 8 MiB of empty dynamic blocks": lambda: empty_blocks(empty_dynamic_block(), 7.9, 4096, 4096),
    "png, 8 MiB of empty fixed blocks": lambda: empty_blocks(b"\x02\x08\x20\x80\x00", 7.9, 4096, 4096),
    "png, 8 MiB of empty stored blocks": lambda: empty_blocks(b"\x00\x00\x00\xff\xff", 7.9, 4096, 4096),
    "png, 64 KiB of empty blocks": lambda: empty_blocks(b"\x02\x08\x20\x80\x00", 1 / 16, 28, 28),
    "png, 50 megapixels, Paeth": partial(large_png, 8192, 6144),
    "png, 50 megapixels, one bit": partial(large_png, 8192, 6144, 1),
    "png, 50 megapixels, one bit, interlaced": partial(large_png, 8192, 6144, 1, GREY, 1),
    "png, 50 megapixels, grey, interlaced": partial(large_png, 8192, 6144, 8, GREY, 1),
    "png, 50 megapixels, RGBA of 16 bits": partial(large_png, 8192, 6144, 16, RGB_ALPHA),
    "png, 12 megapixels, RGBA of 16 bits": partial(large_png, 4096, 3072, 16, RGB_ALPHA),
    "png, 12 megapixels, RGBA, interlaced": partial(large_png, 4096, 3072, 8, RGB_ALPHA, 1),
    "png, 12 megapixels, RGB": partial(large_png, 4096, 3072, 8, RGB),
    "png, 25 megapixels, transparent palette": lambda: large_png(
        6144, 4096, 8, PALETTE, 0, PAETH, (chunk(b"PLTE", bytes(768)), chunk(b"tRNS", bytes(256)))),
    "png, 12288 px wide": partial(large_png, 12288, 4096),
    "png, one px wide": partial(large_png, 1, 12288),
    "png, noise": partial(noisy_png, 2880),
    "png, a text of 8 GB": lambda: ancillary(b"zTXt", b"a\0\0" + bomb()),
    "png, a profile of 8 GB": lambda: ancillary(b"iCCP", b"a\0\0" + bomb()),
    "png, an international text of 8 GB": lambda: ancillary(b"iTXt", b"a\0\1\0\0\0" + bomb()),
    "png, an exif of 8 MiB": lambda: ancillary(b"eXIf", b"MM\0*\0\0\0\x08" + bytes(8 * MIB - 500)),
    "png, half a million empty IDAT": partial(many_chunks, b"IDAT", b"", 690000),
    "png, half a million texts": partial(many_chunks, b"tEXt", b"", 690000),
    "jpeg, 32 empty scans of 4 components": partial(empty_scans, 4096, 3072, 4, 32),
    "jpeg, 32 empty scans of 50 megapixels": partial(empty_scans, 8192, 6144, 1, 32),
    "jpeg, 32 scans of 4 components": partial(progressive_without_coefficients, 4096, 3072, 4, 32),
    "jpeg, 32 scans of 3 components": partial(progressive_without_coefficients, 4096, 3072, 3, 32),
    "jpeg, 32 scans of grey": partial(progressive_without_coefficients, 4096, 3072, 1, 15),
    "jpeg, 32 scans of 3 components, in runs": partial(progressive_without_coefficients, 4096, 3072, 3, 32, 14),
    "jpeg, 15 scans of 33 megapixels": partial(progressive_without_coefficients, 8192, 4096, 1, 15, 14),
    "jpeg, 32 scans of one component each": partial(scans_one_by_one, 4096, 3072, 3, 32),
    "jpeg, 50 megapixels, grey": partial(flat_baseline, 8192, 6144, [0x11]),
    "jpeg, 50 megapixels, 4:2:0": partial(flat_baseline, 8192, 6144, [0x22, 0x11, 0x11]),
    "jpeg, 50 megapixels, 4:4:4": partial(flat_baseline, 8192, 6144, [0x11] * 3),
    "jpeg, 50 megapixels, 4 components": partial(flat_baseline, 8192, 6144, [0x11] * 4),
    "jpeg, 50 megapixels, restarts": partial(flat_baseline, 8192, 6144, [0x11], 1),
    "jpeg, 50 megapixels, luma the smallest": partial(flat_baseline, 8192, 6144, [0x11, 0x22, 0x22]),
    "jpeg, 8 MiB of noise": partial(noisy_jpeg, 3072, 3072, 65),
    "jpeg, 8 MiB of progressive noise": partial(noisy_jpeg, 3072, 3072, 65, progressive=True),
    "jpeg, 50 megapixels of noise": partial(noisy_jpeg, 8192, 6144, 4),
    "jpeg, 8 MiB of huffman tables": lambda: jpeg_with(one_code(0x00, 0x00)),
    "jpeg, 8 MiB of quantisation tables": lambda: jpeg_with(segment(0xDB, b"\0" + b"\1" * 64)),
    "jpeg, 8 MiB of empty application segments": lambda: jpeg_with(segment(0xE4, b"")),
    "jpeg, 8 MiB of application segments": lambda: jpeg_with(segment(0xE2, bytes(65000))),
    "jpeg, 8 MiB of fill bytes": lambda: jpeg_with(b"\xff"),
    "jpeg, 8 MiB of stuffed bytes": lambda: jpeg_with(b"\xff\x00"),
    "bmp, 50 megapixels of one bit": partial(bmp, 8192, 6144, 1, 2),
    "bmp, 20 megapixels of one bit": partial(bmp, 5120, 4096, 1, 1),
    "bmp, 8 megapixels, a palette of one colour": partial(bmp, 2880, 2880, 8, 1),
    "bmp, 2 megapixels of 32 bits": partial(bmp, 1440, 1440, 32),
    "batch, 256 pictures of 8 MiB behind the last row": lambda: batch(data_behind_the_last_row(8), 256),
    "batch, 256 pictures of one megapixel": lambda: batch(one_megapixel_png(), 256),
    "batch, 256 pictures of empty blocks": lambda: batch(
        empty_blocks(empty_dynamic_block(), 22 / 1024, 28, 28), 256),
    "batch, 80 pictures of noise of 512x512 px": lambda: batch(encoded(Image.fromarray(
        np.random.default_rng(3).integers(0, 2, (512, 512), np.uint8) * 255).convert("1"), "PNG"), 80),
}


def kind_of(name):
    return "application/json" if name.startswith("batch") else f"image/{name.split(',')[0]}"


def cpu_seconds(server):
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_bytes(server):
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)[1]) << 10


def measure(body, content_type, server):
    """(status, the answer's text, CPU seconds, bytes of growth) of a request."""
    cpu, memory = cpu_seconds(server), peak_bytes(server)
    answer = server.post(body, content_type)
    return answer.status_code, answer.text, cpu_seconds(server) - cpu, peak_bytes(server) - memory


# A sanitizer's build takes several times the time and memory.
@pytest.mark.slow
@pytest.mark.parametrize("name", BODIES)
def test_no_picture_costs_more_than_its_bytes_are_worth(seven, name):
    body = BODIES[name]()
    assert len(body) <= BODY_MIB * MIB
    with Digitd("--workers", 1) as server:
        assert server.post(encoded(seven), "image/png").status_code == 200
        status, text, cpu, memory = measure(body, kind_of(name), server)
    print(f"{name}: {len(body)} bytes, {status}, {cpu:.2f} s, {memory / MIB:.0f} MiB")
    assert status in (200, 422), text
    assert cpu <= max(CPU_SECONDS, CPU_SECONDS_PER_MIB * len(body) / MIB)
    assert memory <= MEMORY_BYTES


def photo(seven, width, height, **options):
    """A JPEG of a 7 on paper."""
    paper = Image.new("RGB", (width, height), (190, 180, 170))
    side = height // 2
    ink = Image.fromarray(seven).resize((side, side), Image.Resampling.BICUBIC)
    paper.paste((40, 40, 60), (width // 4, height // 4), ink)
    return encoded(paper, "JPEG", quality=90, **options)


@pytest.mark.slow
@pytest.mark.parametrize("width, height", [(8160, 6120), (8688, 5792), (6120, 8160)])
def test_a_photo_of_fifty_megapixels_is_read(seven, width, height):
    body = photo(seven, width, height)
    with Digitd("--workers", 1) as server:
        assert server.post(encoded(seven), "image/png").status_code == 200
        status, text, cpu, memory = measure(body, "image/jpeg", server)
    assert status == 200, text
    answer = json.loads(text)
    assert answer["digit"] == 7
    assert (answer["input"]["width_px"], answer["input"]["height_px"]) == (width, height)
    assert cpu <= CPU_SECONDS
    assert memory <= 0.5 * width * height


# The digit's box: where the ink of seven.png lies in its 28x28 pixels, in the picture's own pixels.
@pytest.mark.parametrize("width, height, progressive", [
    (4032, 3024, False), (4032, 3024, True), (3500, 2600, False), (2000, 1500, False)])
def test_the_crop_of_a_large_photo_is_in_its_own_pixels(server, seven, width, height, progressive):
    answer = server.post(photo(seven, width, height, progressive=progressive), "image/jpeg").json()
    rows, columns = np.nonzero(seven)
    scale = height // 2 / 28
    crop = answer["input"]["crop"]
    assert answer["digit"] == 7
    assert abs(crop["left_px"] - (width // 4 + columns.min() * scale)) < scale
    assert abs(crop["top_px"] - (height // 4 + rows.min() * scale)) < scale
    assert abs(crop["width_px"] - (columns.max() - columns.min() + 1) * scale) < 2 * scale
    assert abs(crop["height_px"] - (rows.max() - rows.min() + 1) * scale) < 2 * scale
