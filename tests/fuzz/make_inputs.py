#!/usr/bin/python3
"""Writes the inputs that the fuzzers start from and that the tests replay.

    tests/fuzz/make_inputs.py [FOLDER]      FOLDER is the one this script is in unless another is given

corpus/TARGET has small valid inputs. regression/TARGET has inputs that a careless parser fails on: sizes that
overflow, lengths beyond the end, nesting, tables that are cut short, a few bytes that ask for much work. Add
every input on which a fuzzer fails, and mend the fault. The bytes depend on this file only: it codes deflate streams
itself, because each version of zlib may compress in its own way.
"""

import argparse
import base64
import json
import struct
import zlib
from pathlib import Path

SIDE = 28
# The first byte of an input for `predict`: the media type, and a flag that asks for all digits of a picture.
PICTURE, JSON, OCTETS, FORM, JSON_UTF8, NO_TYPE = (bytes([i]) for i in range(6))
ALL_DIGITS = 0x80


def every_digit(media_type):
    return bytes([media_type[0] | ALL_DIGITS])


# A vertical stroke, light on dark.
STROKE = [[255 if 12 <= x < 16 and 4 <= y < 24 else 0 for x in range(SIDE)] for y in range(SIDE)]
STROKE_BYTES = bytes(value for row in STROKE for value in row)


# PNG (W3C PNG specification) and deflate (RFC 1951)

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB, PALETTE, GREY_ALPHA = 0, 2, 3, 4


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width=SIDE, height=SIDE, depth=8, colour=GREY, interlaced=0):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))


def stored(data):
    """A zlib stream that does not compress."""
    return (b"\x78\x01\x01" + struct.pack("<HH", len(data), len(data) ^ 0xFFFF) + data
            + struct.pack(">I", zlib.adler32(data)))


def zeros(count):
    """A zlib stream of `count` zeros, a multiple of 258 and one more: one literal and copies of 258 bytes."""
    bits = "1" + "10" + f"{0x30:08b}"  # last block, fixed codes; the literal 0
    bits += (f"{0xC5:08b}" + "00000") * (count // 258) + "0000000"  # length 258, distance 1; end of block
    bits += "0" * (-len(bits) % 8)
    data = bytes(int(bits[i : i + 8][::-1], 2) for i in range(0, len(bits), 8))
    return b"\x78\x01" + data + struct.pack(">I", count % 65521 << 16 | 1)


ROWS = b"".join(b"\0" + bytes(row) for row in STROKE)


def png(*chunks):
    return SIGNATURE + b"".join(chunks) + chunk(b"IEND", b"")


def exif(orientation=6, next_directory=0, count=1):
    """A TIFF header and a directory whose first entry is the orientation."""
    return (b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHH", count, 0x0112, 3, 1, orientation, 0)
            + struct.pack(">I", next_directory))


def png_corpus():
    data = chunk(b"IDAT", stored(ROWS))
    colours = chunk(b"PLTE", bytes(range(12)))
    return {
        "grey.png": png(header(), data),
        "palette-of-two-bits.png": png(header(4, 2, 2, PALETTE), colours,
                                       chunk(b"IDAT", stored(b"\0\x1b\0\xe4"))),
        "interlaced.png": png(header(2, 2, 8, GREY, 1), chunk(b"IDAT", stored(b"\0\x01\0\x02\0\x03\x04"))),
        "transparent.png": png(header(1, 1, 16, RGB), chunk(b"tRNS", bytes(6)),
                               chunk(b"IDAT", stored(bytes(7)))),
        "turned.png": png(header(), chunk(b"eXIf", exif()), data),
        "wide-and-turned.png": png(header(2570, 3, 8, GREY_ALPHA, 1), chunk(b"eXIf", exif(7)),
                                   chunk(b"IDAT", stored(bytes(3 * 2 * 2570 + 8)))),
        "wide-colours.png": png(header(2570, 3, 16, RGB), chunk(b"tRNS", bytes(6)),
                                chunk(b"IDAT", stored(3 * (b"\0" + bytes(i % 251 for i in range(6 * 2570)))))),
        "colours-of-equal-luma.png": png(header(28, 28, 8, RGB), chunk(b"IDAT", stored(b"".join(
            b"\0" + b"".join(b"\xff\0\0" if value else b"\0\x82\0" for value in row) for row in STROKE)))),
        "twelve-bits-in-sixteen.png": png(header(28, 28, 16, GREY), chunk(b"IDAT", stored(b"".join(
            b"\0" + b"".join(struct.pack(">H", value << 4) for value in row) for row in STROKE)))),
    }


def png_regressions():
    data = chunk(b"IDAT", stored(ROWS))
    one = chunk(b"IDAT", stored(bytes(2)))
    return {
        "no-chunks.png": SIGNATURE,
        "no-width.png": png(header(0), data),
        "sides-of-2-to-the-31.png": png(header(1 << 31, 1 << 31), data),
        "largest-sides.png": png(header((1 << 31) - 1, (1 << 31) - 1, 16, RGB), data),
        "chunk-length-of-2-to-the-32.png": SIGNATURE + header() + b"\xff\xff\xff\xffIDAT",
        "no-data.png": png(header()),
        "data-before-header.png": png(data, header()),
        "half-of-the-rows.png": png(header(), chunk(b"IDAT", stored(ROWS[: len(ROWS) // 2]))),
        "half-a-megabyte-behind-the-rows.png": png(header(), chunk(b"IDAT", zeros(258 * 2048 + 1))),
        "70-kilobytes-of-data.png": png(header(), chunk(b"IDAT", stored(bytes(65535))),
                                        chunk(b"IDAT", bytes(5000))),
        "400-blocks-without-data.png": png(header(), chunk(b"IDAT", b"\x78\x01" + b"\0\0\0\xff\xff" * 400)),
        "one-byte-in-each-chunk.png": png(header(), *(chunk(b"IDAT", bytes([byte])) for byte in stored(ROWS))),
        "rows-without-checksum.png": png(header(), chunk(b"IDAT", stored(ROWS)[:-4])),
        "two-palettes.png": png(header(1, 1, 8, PALETTE), chunk(b"PLTE", bytes(3)), chunk(b"PLTE", bytes(3)), one),
        "unknown-filter.png": png(header(1, 1), chunk(b"IDAT", stored(b"\x05\0"))),
        "no-palette.png": png(header(1, 1, 8, PALETTE), one),
        "colour-outside-the-palette.png": png(header(1, 1, 8, PALETTE), chunk(b"PLTE", bytes(3)),
                                              chunk(b"IDAT", stored(b"\0\xff"))),
        "palette-of-257.png": png(header(1, 1, 8, PALETTE), chunk(b"PLTE", bytes(771)), one),
        "transparency-of-one-byte.png": png(header(1, 1), chunk(b"tRNS", b"\0"), one),
        "exif-directory-outside.png": png(header(), chunk(b"eXIf", b"MM\0*\xff\xff\xff\xff"), data),
        "exif-of-65535-entries.png": png(header(), chunk(b"eXIf", exif(count=0xFFFF)), data),
        "exif-directory-that-names-itself.png": png(header(), chunk(b"eXIf", exif(0, 8)), data),
    }


# BMP, as Windows has it


def bmp(width=4, height=2, depth=8, colours=2, offset=None, pixels=bytes(8), compression=0):
    table = bytes(4 * min(colours, 256))
    offset = 54 + len(table) if offset is None else offset
    return (b"BM" + struct.pack("<IHHI", 54 + len(table) + len(pixels), 0, 0, offset)
            + struct.pack("<IiiHHIIiiII", 40, width, height, 1, depth, compression, len(pixels), 0, 0, colours, 0)
            + table + pixels)


def bmp_regressions():
    least = -(1 << 31)
    return {
        "least-width.bmp": bmp(width=least),
        "least-height.bmp": bmp(height=least),
        "largest-sides.bmp": bmp(width=(1 << 31) - 1, height=(1 << 31) - 1),
        "pixels-outside.bmp": bmp(offset=0xFFFFFFFF),
        "pixels-inside-the-header.bmp": bmp(offset=14),
        "palette-of-2-to-the-32.bmp": bmp(colours=0xFFFFFFFF),
        "colour-outside-the-palette.bmp": bmp(pixels=b"\xff" * 8),
        "unknown-depth.bmp": bmp(depth=5),
        "run-lengths.bmp": bmp(compression=1, pixels=b"\xff\x01\0\x02\xff\xff\0\x01"),
        "cut-rows.bmp": bmp(pixels=b""),
    }


# JPEG (ITU-T T.81)

DQT, DHT, SOF0, SOF2, SOS, DRI = 0xDB, 0xC4, 0xC0, 0xC2, 0xDA, 0xDD
DC, AC = 0x00, 0x10  # table classes, both number 0


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def frame(marker=SOF0, width=8, height=8, components=1, sampling=0x11):
    ids = b"".join(bytes([i + 1, sampling, 0]) for i in range(components))
    return segment(marker, struct.pack(">BHHB", 8, height, width, components) + ids)


def huffman(table, *values):
    """A table whose values have codes of one length each: 0, 10, 110, ..."""
    counts = [1] * len(values) + [0] * (16 - len(values))
    return segment(DHT, bytes([table, *counts, *values]))


def scan(data, components=1, first=0, last=63, bits=0):
    ids = b"".join(bytes([i + 1, 0]) for i in range(components))
    return segment(SOS, bytes([components]) + ids + bytes([first, last, bits])) + data


def jpeg(*segments):
    return b"\xff\xd8" + b"".join(segments) + b"\xff\xd9"


QUANTISERS = segment(DQT, b"\0" + b"\x01" * 64)
TABLES = huffman(DC, 0) + huffman(AC, 0)


def jpeg_corpus():
    grey = (QUANTISERS, frame(), TABLES, scan(b"\x3f"))
    return {
        "grey.jpg": jpeg(*grey),
        "turned.jpg": jpeg(segment(0xE1, b"Exif\0\0" + exif()), *grey),
        "progressive.jpg": jpeg(QUANTISERS, frame(SOF2), TABLES, scan(b"\x7f", last=0),
                                scan(b"\x7f", first=1)),
        "wide.jpg": jpeg(QUANTISERS, frame(width=4104, components=3, sampling=0x11), TABLES,
                         scan(bytes(513 * 3 * 2 // 8 + 1), 3)),
    }


def jpeg_regressions():
    wide = segment(DQT, b"\x10" + b"\xff\xff" * 64)
    return {
        "no-frame.jpg": jpeg(QUANTISERS),
        "no-sides.jpg": jpeg(QUANTISERS, frame(width=0, height=0), TABLES, scan(b"\x3f")),
        "segment-of-no-length.jpg": b"\xff\xd8\xff\xe0\0\0\xff\xd9",
        "segment-beyond-the-end.jpg": b"\xff\xd8\xff\xdb\xff\xff\0",
        "tables-that-are-never-defined.jpg": jpeg(frame(), scan(b"\x3f")),
        "table-of-4080-values.jpg": jpeg(segment(DHT, b"\0" + b"\xff" * 16)),
        "restart-after-every-block.jpg": jpeg(QUANTISERS, segment(DRI, b"\0\x01"), frame(width=24), TABLES,
                                              scan(b"\x3f\xff\xd0\x3f\xff\xd7\x3f")),
        # Quantisers of 65535 times differences of 15 bits, summed from block to block: beyond 31 bits.
        "sums-beyond-31-bits.jpg": jpeg(wide, frame(width=64), huffman(DC, 15) + huffman(AC, 0),
                                        scan(b"\x7f\xfe" * 32)),
        # A code of length 0 after the last marker: the bit buffer is shifted by all that it has.
        "bits-behind-the-end.jpg": jpeg(QUANTISERS, frame(width=4096, height=1), huffman(DC, 11)
                                        + huffman(AC, 0xFF), scan(b"")),
        "data-that-end-early.jpg": jpeg(QUANTISERS, frame(width=80), TABLES, scan(b"\x3f")),
        "luma-smaller-than-chroma.jpg": jpeg(QUANTISERS, segment(SOF0, bytes.fromhex("08001000100301110002220003220"
                                             "0")), TABLES, scan(bytes(5), 3)),
        "four-components-of-cmyk.jpg": jpeg(segment(0xEE, b"Adobe" + bytes(7)), QUANTISERS, frame(components=4),
                                            TABLES, scan(b"\0", 4)),
        "scan-before-frame.jpg": jpeg(QUANTISERS, TABLES, scan(b"\x3f"), frame()),
        "sampling-of-15.jpg": jpeg(QUANTISERS, frame(components=3, sampling=0xFF), TABLES, scan(b"\x3f", 3)),
        "scans-without-data.jpg": jpeg(QUANTISERS, frame(SOF2, 300, 300), TABLES, scan(b"", last=0),
                                       *(scan(b"", 1, 1, 63, bits=0x10 if n else 1) for n in range(40))),
    }


# Bodies of /predict

DISPOSITION = b'Content-Disposition: form-data; name="image"; filename="a"\r\n'


def form(*parts, end=b"--b--\r\n"):
    return FORM + b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + end


def idx(count, pixels, rows=SIDE, columns=SIDE, magic=0x803):
    return struct.pack(">IIII", magic, count, rows, columns) + pixels


def as_json(value):
    return JSON + json.dumps(value, separators=(",", ":")).encode()


def image_corpus():
    return {**png_corpus(), **jpeg_corpus(), "palette.bmp": bmp(pixels=b"\0\x01\x01\0" * 2)}


def image_regressions():
    return {**png_regressions(), **bmp_regressions(), **jpeg_regressions()}


def predict_corpus():
    picture = bmp(pixels=b"\0\x01\x01\0" * 2)
    return {
        **{name: PICTURE + content for name, content in {**png_corpus(), **jpeg_corpus()}.items()},
        "palette.bmp": PICTURE + picture,
        "all-digits.png": every_digit(PICTURE) + png_corpus()["grey.png"],
        "flat.json": as_json({"pixels": list(STROKE_BYTES)}),
        "rows.json": as_json({"pixels": [[value // 255 for value in row] for row in STROKE], "max": 1}),
        "instances.json": JSON_UTF8 + b'{"instances": [{"b64": "%b"}, {"max": 255, "pixels": [%b]}]}'
                          % (base64.b64encode(picture), b", ".join([b"0", b"0.5", b"1e0", b"255"] * 196)),
        "octets": OCTETS + STROKE_BYTES,
        "two.idx": OCTETS + idx(2, 2 * STROKE_BYTES),
        "octets.multipart": form(DISPOSITION + b"Content-Type: application/octet-stream\r\n\r\n" + STROKE_BYTES),
        "picture.multipart": form(DISPOSITION + b"Content-Type: image/bmp\r\n\r\n" + picture),
        "no-type": NO_TYPE + picture,
    }


def predict_regressions():
    pictures = image_regressions()
    return {
        **{name: PICTURE + content for name, content in pictures.items()},
        "all-digits-of-no-pixels.png": every_digit(PICTURE) + png(header(0, 0)),
        "783-octets": OCTETS + bytes(783),
        "count-of-2-to-the-32.idx": OCTETS + idx(0xFFFFFFFF, STROKE_BYTES),
        # 2^32 rows of 2^32 pixels of 28 images, which overflow 64 bits.
        "size-beyond-64-bits.idx": OCTETS + idx(SIDE, STROKE_BYTES, 0xFFFFFFFF, 0xFFFFFFFF),
        "header-of-five-bytes.idx": OCTETS + b"\0\0\x08\x03\0",
        "255-dimensions.idx": OCTETS + idx(1, STROKE_BYTES, magic=0x8FF),
        "785-pixels.json": as_json({"pixels": [0] * 785}),
        "29-rows.json": as_json({"pixels": [[0] * 28] * 29}),
        "row-of-29.json": as_json({"pixels": [[0] * 29] * 28}),
        "five-instances.json": as_json({"instances": [{"pixels": [0] * 784}] * 5}),
        "instances-in-an-instance.json": as_json({"instances": [{"instances": [{}]}]}),
        "pixel-beyond-a-float.json": JSON + b'{"pixels": [1e39, -1e39, 1e999]}',
        "max-of-zero.json": as_json({"pixels": [0] * 784, "max": 0}),
        "base64-without-padding.json": as_json({"b64": "iVBORw0"}),
        "base64-of-padding.json": as_json({"b64": "===="}),
        "base64-cut-in-an-escape.json": JSON + b'{"b64": "AAAA\\u00',
        "unfinished-key.json": JSON + b'{"pixels',
        "no-boundary.multipart": FORM + b"x",
        "boundary-only.multipart": FORM + b"--b",
        "boundary-that-ends-the-body.multipart": form(DISPOSITION + b"\r\nx", end=b"--b"),
        "half-of-a-boundary.multipart": form(DISPOSITION + b"\r\nx", end=b"--"),
        "headers-without-end.multipart": FORM + b"--b\r\n" + DISPOSITION,
        "open-quotes.multipart": form(b'Content-Disposition: form-data; name="\r\n\r\nx'),
        "part-of-no-bytes.multipart": form(DISPOSITION + b"\r\n"),
        "20-parts.multipart": form(*(DISPOSITION + b"\r\nx" for _ in range(20))),
        "50-headers.multipart": form(DISPOSITION + b"X: y\r\n" * 50 + b"\r\nx"),
    }


# JSON texts

def json_corpus():
    return {
        "numbers.json": b"[0, -0, 1, 0.5, -1.25e2, 1E+10, 123456789012345678]",
        "nested.json": b'{"a": [true, false, null, {"b": {}}], "c": []}',
        "escapes.json": rb'{"\u0061": "\"\\\/\b\f\n\r\t\u00e4\u20ac\ud83d\ude00"}',
        "utf8.json": '"ä€😀"'.encode(),
        "spaces.json": b" \t\r\n[ 1 , 2 ]\n",
    }


def json_regressions():
    return {
        "deep-arrays.json": b"[" * 2000,
        "deep-objects.json": b'{"a":' * 500,
        "as-deep-as-allowed.json": b"[" * 8 + b"]" * 8,
        "one-deeper.json": b"[" * 9 + b"]" * 9,
        "number-of-64-characters.json": b"0." + b"0" * 61 + b"1",
        "number-of-1000-digits.json": b"9" * 1000,
        "halfway-between-two-doubles.json": b"[9007199254740993, 4503599627370497.5, 5e-324, 2.5e-324]",
        "overflow-and-underflow.json": b"[1e308, -1e308, 1e-400, 0e999999999]",
        "beyond-a-double.json": b"1e999",
        "exponent-beyond-an-int.json": b"1e99999999999999999999",
        "cut-exponent.json": b"[1e",
        "cut-escape.json": b'"\\',
        "cut-unicode-escape.json": b'"\\u12',
        "cut-sequence.json": b'"\xf0\x9f',
        "lone-surrogate.json": rb'"\ud800"',
        "surrogates-in-the-wrong-order.json": rb'"\udc00\ud800"',
        "overlong-nul.json": b'"\xc0\x80"',
        "surrogate-in-utf8.json": b'"\xed\xa0\x80"',
        "above-the-last-code-point.json": b'"\xf4\x90\x80\x80"',
        "escaped-nul.json": rb'{"a\u0000b": "\u0000"}',
        "nul-behind.json": b"[]\0",
        "control-character.json": b'"\x1f"',
        "byte-order-mark.json": b"\xef\xbb\xbf[]",
        "key-twice.json": b'{"a": 1, "a": 2}',
        "only-spaces.json": b"   ",
    }


# Model files (safetensors)

def model(text, data=b"", size=None):
    text = text if isinstance(text, bytes) else json.dumps(text, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text) if size is None else size) + text + data


def tensor(shape, begin, end, **changes):
    return {"dtype": "F32", "shape": shape, "data_offsets": [begin, end], **changes}


def network(*layers, name="tiny"):
    text = json.dumps({"name": name, "layers": list(layers)})
    return model({"__metadata__": {"architecture": text}})


LAYERS = (
    {"type": "conv2d", "name": "conv", "out_channels": 2, "kernel_size": 3},
    {"type": "relu"},
    {"type": "maxpool2d", "kernel_size": 2},
    {"type": "flatten"},
    {"type": "dense", "name": "logits", "out_features": 10},
)


CERTAIN_THREE = {"digits": [3], "probabilities": [[0, 0, 0, 0.75, 0, 0, 0, 0, 0.25, 0]]}


def golden(octets=(STROKE_BYTES.hex(),), **answers):
    text = json.dumps({"octets": list(octets), **answers})
    return model({"__metadata__": {"golden": text}})


def safetensors_corpus():
    return {
        "golden": golden(f32=CERTAIN_THREE, int8=CERTAIN_THREE),
        "empty": model({}),
        "one-tensor": model({"a": tensor([2, 1], 0, 8)}, struct.pack("<ff", 1, -0.5)),
        "two-tensors": model({"__metadata__": {"k": "v"}, "b": tensor([1], 4, 8), "a": tensor([1, 1, 1, 1], 0, 4)},
                             bytes(8)),
        "architecture": network(*LAYERS),
    }


def safetensors_regressions():
    data = bytes(20)
    return {
        "golden-not-json": model({"__metadata__": {"golden": "["}}),
        "golden-33": golden([STROKE_BYTES.hex()] * 33, f32=CERTAIN_THREE),
        "golden-odd-hex": golden([STROKE_BYTES.hex()[1:]], f32=CERTAIN_THREE),
        "golden-fewer-answers": golden([STROKE_BYTES.hex()] * 2, f32=CERTAIN_THREE),
        "golden-digit-256": golden(f32={**CERTAIN_THREE, "digits": [256]}),
        "golden-11-probabilities": golden(f32={**CERTAIN_THREE, "probabilities": [[0.0625] * 11]}),
        "seven-bytes": bytes(7),
        "header-of-2-to-the-63": model(b"{}", size=1 << 63),
        "header-of-2-to-the-64-less-8": model(b"{}", size=(1 << 64) - 8),
        "header-one-byte-too-long": model(b"{}", size=3),
        "cut-header": model(b'{"a":'),
        "nul-in-the-header": model(b'{"a\0b":1}'),
        "deep-header": model(b"[" * 2000),
        "elements-beyond-64-bits": model({"a": tensor([1 << 31, 1 << 31], 0, 0)}, data),
        "four-sides-of-65536": model({"a": tensor([65536] * 4, 0, 0)}, data),
        "negative-size": model({"a": tensor([-5], 0, 20)}, data),
        "size-that-is-infinite": model(b'{"a":{"dtype":"F32","shape":[1e999],"data_offsets":[0,20]}}', data),
        "offset-beyond-64-bits": model(b'{"a":{"dtype":"F32","shape":[5],"data_offsets":[0,18446744073709551636]}}',
                                       data),
        "offsets-the-wrong-way-round": model({"a": tensor([5], 20, 0)}, data),
        "offsets-beyond-the-end": model({"a": tensor([6], 0, 24)}, data),
        "overlapping": model({"a": tensor([3], 0, 12), "b": tensor([3], 8, 20)}, data),
        "gap": model({"a": tensor([2], 0, 8), "b": tensor([2], 12, 20)}, data),
        "rank-5": model({"a": tensor([1] * 5, 0, 4)}, bytes(4)),
        "half-precision": model({"a": tensor([10], 0, 20, dtype="F16")}, data),
        "name-twice": model(b'{"a":{},"a":{}}'),
        "number-in-metadata": model(b'{"__metadata__":{"k":1}}'),
        "nan": model({"a": tensor([1], 0, 4)}, struct.pack("<f", float("nan"))),
        "not-aligned": model(b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} ', bytes(4)),
        "architecture-not-json": model({"__metadata__": {"architecture": "{"}}),
        "65-layers": network(*[{"type": "relu"}] * 65),
        "largest-layer": network({**LAYERS[0], "out_channels": 2**53, "kernel_size": 2**31}, *LAYERS[1:]),
        "kernel-of-zero": network({**LAYERS[0], "kernel_size": 0}, *LAYERS[1:]),
        "kernel-above-the-image": network({**LAYERS[0], "kernel_size": 29}, *LAYERS[1:]),
        "name-of-1000-bytes": network(*LAYERS, name="n" * 1000),
    }


# The header Accept


def accept_corpus():
    return {
        "anything": b"*/*",
        "prometheus-2": b"application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;"
                        b"q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        "prometheus-3": b"application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                        b"text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
        "browser": b"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
        "quoted": b'text/plain;charset="utf-8";version="0.0.4" ; q=0.25 , application/*;q=0.3',
    }


def accept_regressions():
    return {
        "open-quote": b'text/plain;a="x, */*',
        "backslash-at-the-end": b'text/plain;a="x\\',
        "quote-escaped": b'text/plain;a="\\",",*/*;q=0.1',
        "only-commas": b", ,,\t,",
        "range-of-256-bytes": b"text/plain;a=" + b"0" * 243 + b",application/*;q=0.5",
        "range-of-16-kib": b"text/" + b"x" * 16000,
        "8000-ranges": b"*," * 8000,
        "weights": b"text/plain;q=1.0000,text/plain;q=1.001,text/plain;q=00,text/plain;q=0.,*/*;q=.1",
        "shorter-than-the-type": b"t,te,text,text/,text/*;q=0.1,app",
        "not-ascii": bytes(range(128, 256)),
    }


# Requests: the first byte chooses the limits, the second how the stream is cut.

USUAL, SMALL, HUGE = b"\0", b"\1", b"\2"
HOST = b"Host: d\r\n"


def stream(*requests, limits=USUAL, cut=b"\x06"):
    return limits + cut + b"".join(requests)


def request(method=b"POST", version=b"1.1", headers=HOST, body=b""):
    return b"%b / HTTP/%b\r\n%b\r\n%b" % (method, version, headers, body)


def chunked(body, headers=HOST):
    return request(headers=headers + b"Transfer-Encoding: chunked\r\n", body=body)


def http_framing_corpus():
    length = request(headers=HOST + b"Content-Length: 3\r\n", body=b"abc")
    return {
        "get": stream(request(b"GET")),
        "head-of-1.0": stream(request(b"HEAD", b"1.0", b"")),
        "length": stream(length),
        "chunks": stream(chunked(b"3\r\nabc\r\n0A;x=\"y\"\r\n0123456789\r\n0\r\nt: u\r\n\r\n")),
        "pipeline": stream(b"\r\n", request(b"GET"), length, chunked(b"1;x\r\na\r\n0;\r\n\r\n"), request(b"GET")),
        "small": stream(chunked(b"10\r\n0123456789abcdef\r\n0\r\n\r\n"), limits=SMALL),
    }


def http_framing_regressions():
    both = HOST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"
    return {
        "length-of-64-bits": stream(request(headers=HOST + b"Content-Length: 18446744073709551615\r\n", body=b"a")),
        "length-beyond-64-bits": stream(request(headers=HOST + b"Content-Length: 18446744073709551616\r\n")),
        "length-twice": stream(request(headers=HOST + b"Content-Length: 1\r\n" * 2, body=b"a")),
        "length-and-chunks": stream(request(headers=both, body=b"0\r\n\r\n")),
        "chunk-of-64-bits": stream(chunked(b"ffffffffffffffff\r\na"), limits=HUGE),
        "chunks-beyond-64-bits": stream(chunked(b"1\r\na\r\nffffffffffffffff\r\na"), limits=HUGE),
        "chunk-of-17-digits": stream(chunked(b"00000000000000001\r\na\r\n0\r\n\r\n")),
        "control-character-in-an-extension": stream(chunked(b"1;a\0\r\na\r\n0\r\n\r\n")),
        "extension-of-5000-bytes": stream(chunked(b"1;" + b"x" * 5000)),
        "1000-extensions": stream(chunked(b"1;x\r\na\r\n" * 1000 + b"0\r\n\r\n")),
        "one-byte-beyond-the-limit": stream(chunked(b"10\r\n0123456789abcdef\r\n1\r\n"), limits=SMALL),
        "head-of-65-bytes": stream(request(b"GET", headers=HOST + b"a: " + b"b" * 33 + b"\r\n"), limits=SMALL),
        "three-headers": stream(request(b"GET", headers=HOST + b"a: b\r\n" * 2), limits=SMALL),
        "bare-line-feeds": stream(b"GET / HTTP/1.1\nHost: d\n\n"),
        "continuation-line": stream(request(headers=HOST + b"a: b\r\n c\r\n")),
        "nul-in-a-header": stream(request(headers=HOST + b"a: b\0\r\n")),
        "length-in-a-trailer": stream(chunked(b"0\r\nContent-Length: 9\r\n\r\n"), request(b"GET")),
        "http-2": stream(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        "only-empty-lines": stream(b"\r\n" * 3),
    }


INPUTS = {
    "corpus": {"accept": accept_corpus, "http_framing": http_framing_corpus, "image": image_corpus,
               "json": json_corpus, "predict": predict_corpus, "safetensors": safetensors_corpus},
    "regression": {"accept": accept_regressions, "http_framing": http_framing_regressions,
                   "image": image_regressions, "json": json_regressions, "predict": predict_regressions,
                   "safetensors": safetensors_regressions},
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent, metavar="FOLDER")
    root = parser.parse_args().folder
    for kind, targets in INPUTS.items():
        for target, make in targets.items():
            folder = root / kind / target
            folder.mkdir(parents=True, exist_ok=True)
            for name, content in make().items():
                (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
