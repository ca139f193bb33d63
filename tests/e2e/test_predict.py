"""POST /predict: every format that it accepts, and that all formats give the same answers."""

import base64
import json
import subprocess

import numpy as np
import pytest
from PIL import Image

from digitd import DIGITS, FORMS, ROOT, as_idx, encoded, multipart

NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def assert_seven(answer):
    assert answer.status_code == 200, answer.text
    assert answer.json()["digit"] == 7
    return answer.json()


@pytest.mark.parametrize("form", FORMS)
def test_the_seven_is_recognised_in_every_format(server, seven, form):
    answer = assert_seven(server.post(*FORMS[form](seven)))
    members = ["digit", "confidence", "uncertainty", "uncertain", "probabilities", "input", "model"]
    if form in ("flat", "rows", "unit", "octets"):
        members.remove("input")
    assert list(answer) == members
    assert answer["confidence"] == max(answer["probabilities"]) == answer["probabilities"][7]
    # The sum of ten floats, each rounded to 24 bits.
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-5)
    others = answer["probabilities"][:7] + answer["probabilities"][8:]
    # The server sums nine floats in float32.
    assert answer["uncertainty"] == pytest.approx(sum(others), rel=1e-5)
    assert answer["uncertain"] is False


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"png"}))
def test_every_format_has_the_probabilities_of_the_png(server, drawn_digits, form):
    four = drawn_digits[4]  # MNIST-normalised: its pixels go straight to the network
    expected = server.post(*FORMS["png"](four)).json()
    assert expected["input"]["untouched"] and expected["input"]["hypothesis"] == {"steps": [], "tried": 1}
    got = server.post(*FORMS[form](four)).json()["probabilities"]
    assert got == pytest.approx(expected["probabilities"], abs=1e-6)


def test_every_drawn_digit_is_recognised(server, drawn_digits):
    got = [server.post(*FORMS["png"](pixels)).json()["digit"] for pixels in drawn_digits]
    assert got == list(range(10))


@pytest.mark.parametrize("digit, name", enumerate(NAMES))
def test_every_picture_of_the_documentation_is_recognised(server, digit, name):
    body = (ROOT / f"docs/images/{name}.png").read_bytes()
    assert server.post(body, "image/png").json()["digit"] == digit


def test_a_batch_gives_the_same_bits_as_single_requests_in_order(server, drawn_digits):
    instances = [
        {"b64": base64.b64encode(encoded(pixels)).decode()} if digit % 2
        else {"pixels": pixels.tolist()}
        for digit, pixels in enumerate(drawn_digits)
    ]
    batch = server.post_json({"instances": instances}).json()
    assert set(batch) == {"predictions", "model"}
    for instance, prediction in zip(instances, batch["predictions"], strict=True):
        alone = server.post_json(instance).json()
        assert alone.pop("model") == batch["model"]
        assert prediction == alone


def test_an_idx_file_is_answered_as_instances_are(server, drawn_digits):
    instances = [{"pixels": pixels.tolist()} for pixels in drawn_digits]
    expected = server.post_json({"instances": instances}).content
    body, content_type = as_idx(np.stack(drawn_digits))
    assert server.post(body, content_type).content == expected
    assert server.post(body, "application/x-www-form-urlencoded").content == expected
    assert server.post(*multipart(body, content_type=content_type)).content == expected
    alone = server.post(*as_idx(drawn_digits[7][np.newaxis])).json()
    assert [one["digit"] for one in alone["predictions"]] == [7]


def test_a_batch_may_mix_scales(server, seven):
    instances = [
        {"pixels": seven.ravel().tolist()},
        {"pixels": (seven / 255).tolist(), "max": 1},
        {"max": 255, "pixels": seven.tolist()},
    ]
    first, *others = server.post_json({"instances": instances}).json()["predictions"]
    for other in others:
        assert other["probabilities"] == pytest.approx(first["probabilities"], abs=1e-6)


@pytest.mark.parametrize("name", ["7-on-paper.jpg", "7-on-paper.png", "7.bmp", "7.png"])
def test_a_picture_may_have_a_generic_media_type(server, name):
    body = (DIGITS / name).read_bytes()
    assert_seven(server.post(body, "image/*"))
    assert_seven(server.post(body, "application/octet-stream"))
    assert_seven(server.post(*multipart(body, "anything", name, "application/octet-stream")))


# EXIF orientation: how Pillow transforms the upright picture before it is stored.
STORED = {1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
          4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
          6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
          8: Image.Transpose.ROTATE_270}


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", STORED)
def test_the_exif_orientation_is_applied(server, orientation, image_format):
    picture = Image.open(DIGITS / "7-on-paper.png").convert("L")
    if STORED[orientation] is not None:
        picture = picture.transpose(STORED[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert_seven(server.post(encoded(picture, image_format, exif=exif), "image/*"))


def test_dark_on_light_gives_the_probabilities_of_light_on_dark(server, seven):
    bar = np.zeros_like(seven)
    bar[4:24, 12:16] = 200  # MNIST-normalised, so that its pixels are kept in both polarities
    light = server.post(*FORMS["png"](bar)).json()
    dark = server.post(encoded(255 - bar), "image/png").json()
    assert (light["input"]["inverted"], dark["input"]["inverted"]) == (False, True)
    assert dark["probabilities"] == light["probabilities"]
    assert_seven(server.post(encoded(255 - seven), "image/png"))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_png_mode_is_accepted(server, seven, mode):
    if mode == "I;16":
        picture = Image.fromarray(seven.astype(np.uint16) * 257)
    else:
        picture = Image.fromarray(seven).convert(mode)
    assert_seven(server.post(encoded(picture), "image/png"))


def test_a_form_from_curl_is_accepted(server):
    answer = subprocess.run(
        ["curl", "-sS", "-F", f"image=@{DIGITS / '7.png'}", f"{server.url}/predict"],
        capture_output=True, check=True, timeout=30,
    )
    assert json.loads(answer.stdout)["digit"] == 7


def test_a_form_may_contain_octets(server, seven):
    assert_seven(server.post(*multipart(seven.tobytes(), content_type="application/octet-stream")))


def test_json_may_have_any_whitespace_and_media_type_parameters(server, seven):
    body = json.dumps({"pixels": seven.tolist()}, indent=8)
    assert_seven(server.post(body, "application/json; charset=utf-8"))
    assert_seven(server.post(f" \r\n\t{body}\n", "Application/JSON"))


def test_repeated_requests_give_the_same_bits(server, seven):
    answers = {server.post(*FORMS["flat"](seven)).text for _ in range(20)}
    assert len(answers) == 1


def test_predictions_must_not_be_cached(server, seven):
    assert server.post(*FORMS["octets"](seven)).headers["Cache-Control"] == "no-store"
