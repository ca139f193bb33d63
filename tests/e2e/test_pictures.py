"""Unusual pictures that are accepted, and invalid pictures that are refused."""

import io
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

from digitd import DIGITS, assert_problem, encoded, multipart

JPEG = (DIGITS / "7-on-paper.jpg").read_bytes()
PNG = (DIGITS / "7-on-paper.png").read_bytes()
BMP = (DIGITS / "7.bmp").read_bytes()
ABSURD_PX = 65535
BMP_WIDTH_AT, BMP_HEIGHT_AT = 18, 22


def paper():
    return Image.fromarray(np.asarray(Image.open(DIGITS / "7-on-paper.png").convert("L")))


def ink():
    """The inverted paper: 0 where there is no ink, up to 255."""
    return Image.fromarray(255 - np.asarray(paper()))


def canvas(red, green, blue):
    """A picture as a browser's canvas exports it: ink of one colour; all other pixels are (0, 0, 0, 0)."""
    alpha = np.where(np.asarray(ink()) < 64, 0, np.asarray(ink()))
    colour = np.where(alpha > 0, 1, 0)
    layers = [colour * red, colour * green, colour * blue, alpha]
    return Image.fromarray(np.stack(layers, axis=-1).astype(np.uint8), "RGBA")


def zip_file():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("page.html", "<script>alert(7)</script>")
    return out.getvalue()


def jpeg_comment(text):
    return JPEG[:2] + b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text + JPEG[2:]


def animated(image_format):
    """An animation of a seven and a blank frame."""
    return encoded(paper(), image_format, save_all=True, append_images=[Image.new("L", (200, 200))])


def palette_with_transparency():
    """Light foreground, and a background whose colour tRNS makes transparent."""
    picture = ink().quantize(16)
    return encoded(picture, transparency=picture.getpixel((0, 0)))


ACCEPTED = {
    "an animated PNG, whose first frame is used": lambda: animated("PNG"),
    "a PNG followed by a ZIP file": lambda: PNG + zip_file(),
    "a JPEG followed by a ZIP file": lambda: JPEG + zip_file(),
    "a JPEG with HTML in a comment": lambda: jpeg_comment(b"<html><script>alert(7)</script></html>"),
    "a JPEG with an end marker in a comment": lambda: jpeg_comment(b"\xff\xd9\xff\xda\0\2"),
    "a progressive JPEG": lambda: encoded(paper(), "JPEG", progressive=True),
    "a CMYK JPEG": lambda: encoded(paper().convert("CMYK"), "JPEG"),
    "a JPEG of three colours at the worst quality": lambda: encoded(paper().convert("RGB"), "JPEG", quality=5),
    "black ink on a transparent canvas": lambda: encoded(canvas(0, 0, 0)),
    "white ink on a transparent canvas": lambda: encoded(canvas(255, 255, 255)),
    "blue ink on a transparent canvas": lambda: encoded(canvas(30, 60, 200)),
    "black ink on a transparent canvas of 28x28": lambda: encoded(
        Image.merge("LA", (Image.new("L", (28, 28)), Image.open(DIGITS / "7.png")))),
    "grey and alpha": lambda: encoded(canvas(0, 0, 0).convert("LA")),
    "a palette with a transparent colour": palette_with_transparency,
    "16 bits a sample": lambda: encoded(Image.fromarray(np.asarray(paper()).astype(np.uint16) * 257)),
    "one bit a sample": lambda: encoded(paper().convert("1", dither=Image.Dither.NONE)),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_an_unusual_picture_is_recognised(server, name):
    answer = server.post(ACCEPTED[name](), "image/*")
    assert answer.status_code == 200, answer.text
    assert answer.json()["digit"] == 7


# The format is recognised by the bytes, whatever the Content-Type says.
@pytest.mark.parametrize("content_type", [
    "image/png", "image/jpeg", "image/bmp", "image/gif", "image/webp", "application/octet-stream",
    "application/x-www-form-urlencoded", "text/plain", None,
])
@pytest.mark.parametrize("picture", [PNG, JPEG, BMP], ids=["png", "jpeg", "bmp"])
def test_a_picture_is_recognised_with_any_content_type(server, picture, content_type):
    answer = server.post(picture, content_type)
    assert answer.status_code == 200, answer.text
    assert answer.json()["digit"] == 7


@pytest.mark.parametrize("picture", [PNG, JPEG, BMP], ids=["png", "jpeg", "bmp"])
def test_a_file_is_recognised_with_any_file_name(server, picture):
    answer = server.post(*multipart(picture, file_name="seven.png", content_type="image/png"))
    assert answer.status_code == 200, answer.text
    assert answer.json()["digit"] == 7


def test_a_picture_with_the_type_of_json_is_malformed_json(server):
    assert_problem(server.post(PNG, "application/json"), 400, "malformed-json")


def with_jpeg_size(width_px, height_px):
    frame = JPEG.index(b"\xff\xc0")
    return JPEG[: frame + 5] + struct.pack(">HH", height_px, width_px) + JPEG[frame + 9 :]


def with_bmp_field(at, value):
    return BMP[:at] + struct.pack("<i", value) + BMP[at + 4 :]


def damaged(picture, at):
    return picture[:at] + bytes([picture[at] ^ 0xFF]) + picture[at + 1 :]


# (bytes, code, words of the detail)
REFUSED = {
    "an animated GIF": (animated("GIF"), "undecodable-image", ["png", "jpeg", "bmp"]),
    "a TIFF": (encoded(paper(), "TIFF"), "undecodable-image", ["png", "jpeg", "bmp"]),
    "a ZIP file": (zip_file(), "undecodable-image", ["png", "jpeg", "bmp"]),
    "a ZIP file followed by a PNG": (zip_file() + PNG, "undecodable-image", ["png", "jpeg", "bmp"]),
    "a JPEG of absurd size": (with_jpeg_size(ABSURD_PX, ABSURD_PX), "image-too-large",
                              ["65535x65535", 12288]),
    "a JPEG without width": (with_jpeg_size(0, 200), "undecodable-image", ["0x200"]),
    "a JPEG without height": (with_jpeg_size(200, 0), "undecodable-image", ["200x0"]),
    "a BMP of absurd size": (with_bmp_field(BMP_WIDTH_AT, 1 << 30), "undecodable-image", [1 << 30]),
    "a BMP without width": (with_bmp_field(BMP_WIDTH_AT, 0), "undecodable-image", ["0x28"]),
    "a BMP without height": (with_bmp_field(BMP_HEIGHT_AT, 0), "undecodable-image", ["28x0"]),
    "a BMP cut in half": (BMP[: len(BMP) // 2], "undecodable-image", ["truncated"]),
    "a JPEG cut in half": (JPEG[: len(JPEG) // 2], "undecodable-image", ["truncated"]),
    "a PNG with a damaged header": (damaged(PNG, 25), "undecodable-image", ["png: "]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_invalid_picture_is_refused(server, name):
    picture, code, words = REFUSED[name]
    assert_problem(server.post(picture, "image/png"), 422, code, *words)
