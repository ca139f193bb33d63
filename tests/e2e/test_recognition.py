"""The details of an answer: preprocessing, uncertainty, several digits, explanation."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image, ImageDraw

from digitd import DIGITS, FORMS, Digitd, assert_problem, encoded
from drawings import on_paper

SIDE_PX = 28
RECEIPT = ["format", "width_px", "height_px", "rotation_deg", "mirrored", "inverted", "untouched", "crop",
           "stroke_px", "stroke_changed", "hypothesis", "warnings"]
NEUTRAL = 128


def decoded(text):
    with Image.open(io.BytesIO(base64.b64decode(text, validate=True))) as picture:
        assert picture.format == "PNG" and picture.mode == "L"
        return np.asarray(picture)


def predict(server, picture, query=""):
    body = picture if isinstance(picture, bytes) else encoded(picture)
    answer = server.post(body, "image/*", f"/predict{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_picture_comes_with_a_receipt(server):
    found = predict(server, (DIGITS / "7-on-paper.jpg").read_bytes())["input"]
    assert list(found) == RECEIPT
    assert (found["format"], found["width_px"], found["height_px"]) == ("jpeg", 200, 200)
    assert found["inverted"] and not found["untouched"] and found["rotation_deg"] == 0
    crop = found["crop"]
    assert 0 < crop["left_px"] and crop["left_px"] + crop["width_px"] < 200
    assert 0 < crop["top_px"] and crop["top_px"] + crop["height_px"] < 200


def test_the_crop_surrounds_the_foreground(server):
    picture = Image.new("L", (640, 480), 240)
    ImageDraw.Draw(picture).rectangle([300, 100, 319, 299], fill=15)
    found = predict(server, picture)["input"]
    # The picture is reduced by two; a side may be longer by one pixel of the reduced picture.
    assert found["crop"] == pytest.approx(
        {"left_px": 300, "top_px": 100, "width_px": 20, "height_px": 200}, abs=2)
    assert found["warnings"] == []


def test_pixels_have_no_receipt(server, seven):
    for form in ("flat", "octets"):
        assert "input" not in server.post(*FORMS[form](seven)).json()


@pytest.mark.parametrize("form", ["png", "flat", "octets"])
def test_the_preview_is_the_input_of_the_network(server, drawn_digits, form):
    four = drawn_digits[4]  # MNIST-normalised: there is one hypothesis about it
    body, content_type = FORMS[form](four)
    answer = server.post(body, content_type, "/predict?preview=1").json()
    preview = decoded(answer["input"]["preview"])
    again = server.post_json({"pixels": preview.tolist()}).json()
    assert again["probabilities"] == answer["probabilities"]
    assert (preview == four).all()


def test_the_preview_of_a_photo_is_what_the_best_hypothesis_made_of_it(server):
    answer = predict(server, on_paper("four"), "?preview")
    again = server.post_json({"pixels": decoded(answer["input"]["preview"]).tolist()}).json()
    assert answer["digit"] == again["digit"] == 4
    # With one hypothesis, its probabilities are the answer's.
    with Digitd("--max-hypotheses", 1) as single:
        answer = predict(single, on_paper("four"), "?preview")
        again = single.post_json({"pixels": decoded(answer["input"]["preview"]).tolist()}).json()
        assert answer["input"]["hypothesis"]["tried"] == 1
        assert again["probabilities"] == answer["probabilities"]


def test_top_k_lists_the_most_probable_digits_in_order(server, seven):
    body, content_type = FORMS["png"](seven)
    for count in (1, 3, 10):
        answer = server.post(body, content_type, f"/predict?top_k={count}").json()
        ranked = sorted(range(10), key=lambda digit: -answer["probabilities"][digit])[:count]
        assert [one["digit"] for one in answer["top_k"]] == ranked
        assert [one["confidence"] for one in answer["top_k"]] == [
            answer["probabilities"][digit] for digit in ranked]


def test_many_digits_are_recognised_from_left_to_right(server):
    names = ["nine", "zero", "two", "one", "zero"]
    answer = predict(server, on_paper(*names), "?digits=many")
    assert answer["digits"] == "90210"
    assert [one["digit"] for one in answer["predictions"]] == [9, 0, 2, 1, 0]
    lefts = [one["box"]["left_px"] for one in answer["predictions"]]
    assert lefts == sorted(lefts) and len(set(lefts)) == 5
    for one in answer["predictions"]:
        assert one["box"] == one["input"]["crop"]
        assert not one["uncertain"]


def test_the_answer_to_several_digits_is_one_digit_and_uncertain(server):
    answer = predict(server, on_paper("four", "two"))
    assert answer["digit"] in (4, 2)
    assert answer["input"]["warnings"] == ["several_components"]
    assert answer["uncertain"] and answer["uncertainty"] >= 0.5


def test_many_recognises_a_single_digit(server):
    alone = predict(server, on_paper("six"))
    answer = predict(server, on_paper("six"), "?digits=many")
    assert answer["digits"] == "6"
    one = answer["predictions"][0]
    assert one["digit"] == alone["digit"] and not one["uncertain"]
    assert one["box"] == one["input"]["crop"] == pytest.approx(alone["input"]["crop"], abs=1)
    assert one["line"] == 0


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_picture_is_uncertain_with_a_warning(server, level):
    blank = Image.new("L", (64, 48), level)
    answer = predict(server, blank)
    assert answer["input"]["warnings"] == ["blank"]
    assert answer["uncertainty"] == 1 and answer["uncertain"]
    many = predict(server, blank, "?digits=many")
    assert many["digits"] == "" and many["predictions"] == [] and many["uncertain"] and many["confidence"] == 0
    assert many["input"]["warnings"] == ["blank"]


def test_many_digits_need_a_picture(server, seven):
    for form in ("flat", "octets"):
        body, content_type = FORMS[form](seven)
        assert_problem(server.post(body, content_type, "/predict?digits=many"), 422,
                       "invalid-input", "picture")
    body = '{"instances":[{"b64":"x"}]}'
    assert_problem(server.post(body, "application/json", "/predict?digits=many"), 422,
                   "invalid-input", "instances")


def test_an_explanation_shows_which_foreground_supports_the_digit(server, seven):
    body, content_type = FORMS["octets"](seven)
    answer = server.post(body, content_type, "/predict?explain=1").json()["explanation"]
    shown = decoded(answer["map"])
    assert answer["method"] == "occlusion" and answer["largest_nats"] > 0
    assert shown.max() == 255 or shown.min() == 1
    # Pixels that no occluding square of 4x4 shares with foreground are neutral.
    foreground = np.argwhere(seven > 0)
    for y, x in np.ndindex(SIDE_PX, SIDE_PX):
        if np.abs(foreground - (y, x)).max(axis=1).min() >= 4:
            assert shown[y, x] == NEUTRAL
    # The foreground supports the digit on the whole.
    assert (shown.astype(int) - NEUTRAL).sum() > 0


def test_the_number_of_explained_digits_is_limited(server, seven):
    instance = {"pixels": seven.ravel().tolist()}
    body = json.dumps({"instances": [instance] * 9})
    assert_problem(server.post(body, "application/json", "/predict?explain=1"), 422,
                   "too-many-instances", 9, 8)
    body = json.dumps({"instances": [instance] * 8})
    answer = server.post(body, "application/json", "/predict?explain=1").json()
    assert len({one["explanation"]["map"] for one in answer["predictions"]}) == 1


@pytest.mark.parametrize("query, words", [
    ("top_k=0", ["top_k", "0", "10"]), ("top_k=11", ["top_k", "11"]), ("top_k=", ["top_k", "10"]),
    ("top_k=3x", ["top_k", "3x"]), ("top_k=-1", ["top_k", "-1"]), ("top_k=0001", ["top_k", "0001"]),
    ("preview=yes", ["preview", "yes"]), ("explain=2", ["explain", "2"]),
    ("digits=two", ["digits", "two", "one, many or a whole number from 1 to 32"]), ("digits", ["digits", "many"]),
    ("digits=0", ["digits", '"0"', "1 to 32"]), ("digits=33", ["digits", '"33"', "1 to 32"]),
    ("digits=05", ["digits", '"05"', "1 to 32"]), ("digits=%2B5", ["digits", '"+5"', "1 to 32"]),
    ("digits=-5", ["digits", '"-5"', "1 to 32"]), ("digits=5.0", ["digits", '"5.0"', "1 to 32"]),
    ("preview=1&preview=1", ["preview", "twice"]),
])
def test_an_invalid_parameter_is_refused(server, seven, query, words):
    body, content_type = FORMS["png"](seven)
    answer = server.post(body, content_type, f"/predict?{query}")
    assert_problem(answer, 400, "invalid-parameter", *words)


def test_a_flag_may_be_switched_off(server, seven):
    body, content_type = FORMS["png"](seven)
    plain = server.post(body, content_type).json()
    assert server.post(body, content_type, "/predict?preview=0&explain=0&digits=one").json() == plain
