"""What digitd reads where a picture is not clear: hypotheses, colours, small digits, and the warnings about them."""

import base64
import json

import numpy as np
import pytest

from digitd import DIGITS, FORMS, Digitd, as_idx, as_json, assert_problem, encoded
from drawings import NAMES, grey_16, number_ink, number_on_paper, on_paper, sheet
from test_openapi import check_answer

RED_INK, GREEN_PAPER = (190, 60, 60), (60, 120, 92)  # their luma is 98.87


def predict(server, picture, query=""):
    body = picture if isinstance(picture, bytes) else encoded(picture)
    answer = server.post(body, "image/*", f"/predict{query}")
    assert answer.status_code == 200, answer.text
    check_answer(answer, "/predict", "post")
    return answer.json()


def post(server, body, content_type):
    answer = server.post(body, content_type)
    assert answer.status_code == 200, answer.text
    check_answer(answer, "/predict", "post")
    return answer.json()


def warnings_of(answer):
    return answer.get("input", {}).get("warnings", [])


def test_a_picture_in_the_form_of_mnist_goes_straight_through(server, drawn_digits):
    answer = predict(server, encoded(drawn_digits[4]))
    assert answer["digit"] == 4
    assert answer["input"]["untouched"]
    assert answer["input"]["hypothesis"] == {"steps": [], "tried": 1}


def test_the_receipt_has_the_winning_and_the_second_reading(server):
    answer = predict(server, on_paper("four"), "?top_k=2")
    hypothesis = answer["input"]["hypothesis"]
    assert list(hypothesis) == ["steps", "tried", "second"]
    assert hypothesis["tried"] > 1
    assert hypothesis["steps"][0] == "invert" and answer["input"]["inverted"]
    second = hypothesis["second"]
    assert {"digit": second["digit"], "confidence": second["confidence"]} == answer["top_k"][1]
    assert second["digit"] != answer["digit"]


def test_hypotheses_are_bounded():
    """Colour noise gives cause for as many hypotheses as there are; the likeliest come first."""
    noise = np.random.default_rng(1).integers(0, 256, (40, 40), np.uint8)
    with Digitd() as server:
        tried = predict(server, encoded(noise))["input"]["hypothesis"]["tried"]
    assert 3 < tried <= 20
    for limit in (1, 2, tried - 1, tried, tried + 1):
        with Digitd("--max-hypotheses", limit) as server:
            assert predict(server, encoded(noise))["input"]["hypothesis"]["tried"] == min(limit, tried)


def test_one_hypothesis_still_reads_every_drawing():
    with Digitd("--max-hypotheses", 1) as server:
        answers = [predict(server, on_paper(name)) for name in NAMES]
    assert [answer["digit"] for answer in answers] == list(range(10))
    for answer in answers:
        assert answer["input"]["hypothesis"]["tried"] == 1
        assert "second" not in answer["input"]["hypothesis"]
        assert "second_reading" not in warnings_of(answer)


def test_the_limit_of_hypotheses_is_refused_beyond_its_range():
    with pytest.raises(RuntimeError, match="max-hypotheses.*21.*20"):
        Digitd("--max-hypotheses", 21)


def second_reading(server):
    """The first of many doubtful pictures that another hypothesis reads as another digit."""
    random = np.random.default_rng(5)
    for _ in range(200):
        levels = random.integers(0, 256, (7, 5), np.uint8)
        picture = np.kron(levels, np.ones((8, 8), np.uint8))
        answer = predict(server, encoded(picture))
        if "second_reading" in warnings_of(answer):
            return answer
    raise AssertionError("no picture has a second reading")


def test_a_second_reading_is_warned_of(server):
    answer = second_reading(server)
    second = answer["input"]["hypothesis"]["second"]
    assert second["confidence"] >= 0.05 and second["digit"] != answer["digit"]


def test_no_second_reading_is_warned_of_where_all_is_clear(server):
    for name in NAMES:
        answer = predict(server, on_paper(name))
        assert warnings_of(answer) == []
        assert answer["input"]["hypothesis"]["second"]["confidence"] < 0.05


@pytest.mark.parametrize("image_format, options", [
    ("PNG", {}), ("BMP", {}), ("JPEG", {"quality": 95}), ("JPEG", {"quality": 95, "subsampling": 0})])
@pytest.mark.parametrize("digit", [4, 5, 7])
def test_ink_as_light_as_its_background_is_read_by_its_colour(server, digit, image_format, options):
    ink = number_ink(str(digit), 100)
    picture = sheet(ink, 200, 180, paper=GREEN_PAPER, ink=RED_INK)
    answer = predict(server, encoded(picture, image_format, **options))
    assert answer["digit"] == digit and not answer["uncertain"]
    assert warnings_of(answer) == ["colour_contrast"]
    red, green, _ = answer["input"]["colour_axis"]
    assert red * green < 0  # one channel against the other
    grey = predict(server, encoded(picture.convert("L"), image_format))
    assert "blank" in warnings_of(grey) and grey["uncertain"] and "colour_axis" not in grey["input"]


def test_ink_that_is_lighter_in_one_channel_alone_is_read_by_its_colour(server):
    """In luma, the noise of the other channels covers it."""
    picture = np.asarray(sheet(number_ink("7", 100), 200, 180, paper=(40, 100, 60), ink=(40, 100, 130))).astype(int)
    picture[..., 1] += np.random.default_rng(1).integers(-60, 61, picture.shape[:2])
    answer = predict(server, picture.astype(np.uint8))
    assert answer["digit"] == 7 and not answer["uncertain"]
    assert warnings_of(answer) == ["colour_contrast"]
    red, green, blue = answer["input"]["colour_axis"]
    assert blue < -0.9 and red <= 0 and green <= 0


@pytest.mark.parametrize("query", ["?digits=many", "?digits=3"])
def test_numbers_are_read_by_their_colour(server, query):
    ink = number_ink("402")
    picture = sheet(ink, 300, 140, paper=GREEN_PAPER, ink=RED_INK)
    answer = predict(server, picture, query)
    assert answer["digits"] == "402" and not answer["uncertain"]
    for one in answer["predictions"]:
        assert one["input"]["warnings"] == ["colour_contrast"] and len(one["input"]["colour_axis"]) == 3


def test_a_batch_reads_each_picture_by_its_own_colours(server):
    grey, red = on_paper("six"), sheet(number_ink("4", 100), 200, 180, paper=GREEN_PAPER, ink=RED_INK)
    instances = [{"b64": base64.b64encode(encoded(one)).decode()} for one in (red, grey, red, grey, red)]
    answer = post(server, *as_json({"instances": instances}))
    alone = [post(server, *as_json(one)) for one in instances]
    for one, other in zip(answer["predictions"], alone, strict=True):
        assert {**one, "model": answer["model"]} == other
    assert [one["digit"] for one in answer["predictions"]] == [4, 6, 4, 6, 4]
    assert [warnings_of(one) for one in answer["predictions"]] == [["colour_contrast"], []] * 2 + [["colour_contrast"]]


def test_colours_are_not_looked_at_beyond_the_limits():
    """Decoding by colour takes more memory than luma; if that is too much, the answer is that of luma alone."""
    picture = sheet(number_ink("4", 100), 512, 512, paper=GREEN_PAPER, ink=RED_INK)
    body = encoded(picture)
    with Digitd("--max-decoder-bytes", 1 << 20) as server:
        answer = predict(server, body)
        assert answer["uncertain"] and "blank" in warnings_of(answer) and "colour_axis" not in answer["input"]
        many = predict(server, body, "?digits=many")
        assert many["uncertain"]
        for one in many["predictions"] or [many]:
            assert "colour_axis" not in one["input"]
    with Digitd() as server:
        assert predict(server, body)["digit"] == 4


def test_a_picture_in_colours_that_luma_shows_is_read_by_luma(server):
    picture = sheet(number_ink("4", 100), 200, 180, paper=(240, 240, 200), ink=(40, 30, 120))
    answer = predict(server, picture)
    assert answer["digit"] == 4 and warnings_of(answer) == [] and "colour_axis" not in answer["input"]


@pytest.mark.parametrize("side_px, height_px", [(1000, 30), (2000, 50), (2600, 60)])
def test_a_small_digit_on_a_large_sheet_is_read_with_a_warning(server, side_px, height_px):
    answer = predict(server, sheet(number_ink("7", height_px), side_px, side_px))
    assert answer["digit"] == 7 and not answer["uncertain"]
    assert warnings_of(answer) == ["small_digit"]
    crop = answer["input"]["crop"]
    assert crop["height_px"] == pytest.approx(height_px, abs=4)


def test_a_digit_of_a_thirtieth_is_not_small(server):
    """One px less than a thirtieth of the longer side is; the crop has whole px at this size."""
    for height_px, expected in ((17, []), (16, ["small_digit"])):
        bar = np.full((height_px, 4), 255, np.uint8)
        answer = predict(server, sheet(bar, 510, 300))
        assert answer["input"]["crop"]["height_px"] == height_px
        assert warnings_of(answer) == expected


def test_a_faint_picture_in_the_form_of_mnist_is_read_with_a_warning(server, drawn_digits):
    for digit, pixels in enumerate(drawn_digits):
        faint = (pixels // 255.0 * 24 + pixels % 255 * 24 / 255).astype(np.uint8)
        answer = predict(server, encoded(faint))
        assert answer["digit"] == digit
        assert warnings_of(answer) == ["low_contrast"]


def test_sixteen_bits_of_little_range_are_read_with_a_warning(server, seven):
    levels = np.asarray(number_on_paper("5", height_px=90).convert("L")).astype(int)
    answer = predict(server, grey_16(30000 + 12 * levels))
    assert answer["digit"] == 5 and warnings_of(answer) == ["low_contrast"]
    answer = predict(server, grey_16(20000 + 20 * seven.astype(int)))
    assert answer["digit"] == 7 and warnings_of(answer) == ["low_contrast"]
    full = predict(server, grey_16(257 * levels))
    assert full["digit"] == 5 and warnings_of(full) == []
    many = predict(server, grey_16(30000 + 12 * levels), "?digits=many")
    assert many["digits"] == "5" and many["predictions"][0]["input"]["warnings"] == ["low_contrast"]


def forms_of(pixels):
    """A digit's pixels in each form that is no picture."""
    return {"octets": (pixels.tobytes(), "application/octet-stream"), "flat": FORMS["flat"](pixels),
            "rows": FORMS["rows"](pixels)}


@pytest.mark.parametrize("form", ["octets", "flat", "rows"])
@pytest.mark.parametrize("lowest, highest, expected", [
    (0, 255, []), (0, 48, []), (0, 47, ["low_contrast"]), (0, 2, ["low_contrast"]), (0, 1, ["max_pixel_is_1"]),
    (0, 0, []), (255, 255, []), (100, 147, ["low_contrast"]), (100, 148, [])])
def test_the_levels_of_pixels_are_warned_of(server, form, lowest, highest, expected):
    pixels = np.full((28, 28), lowest, np.uint8)
    pixels[10:20, 12:15] = highest
    assert warnings_of(post(server, *forms_of(pixels)[form])) == expected


def test_each_image_of_an_idx_file_has_its_own_warnings(server, seven):
    faint, unit = (seven // 8).astype(np.uint8), (seven > 127).astype(np.uint8)
    answer = post(server, *as_idx(np.stack([seven, faint, unit, seven])))
    assert [warnings_of(one) for one in answer["predictions"]] == [[], ["low_contrast"], ["max_pixel_is_1"], []]
    assert ["input" in one for one in answer["predictions"]] == [False, True, True, False]


def test_pixels_from_0_to_1_without_max_are_warned_of(server, seven):
    unit = (seven / 255).tolist()
    answer = post(server, *as_json({"pixels": unit}))
    assert warnings_of(answer) == ["max_pixel_is_1"] and answer["uncertain"]
    assert list(answer["input"]) == ["warnings"]
    said = post(server, *as_json({"pixels": unit, "max": 1}))
    assert said["digit"] == 7 and "input" not in said
    # With max, dark pixels are just faint.
    faint = post(server, *as_json({"pixels": (seven / 255 / 300).tolist(), "max": 1}))
    assert warnings_of(faint) == ["low_contrast"]
    assert warnings_of(post(server, *as_json({"max": 255, "pixels": unit}))) == ["max_pixel_is_1"]


def test_a_preview_stands_beside_the_warnings_of_pixels(server, seven):
    answer = server.post(*forms_of((seven // 8).astype(np.uint8))["octets"], "/predict?preview=1")
    check_answer(answer, "/predict", "post")
    assert list(answer.json()["input"]) == ["warnings", "preview"]


def test_instances_of_a_batch_have_warnings_of_their_own(server, seven):
    body = {"instances": [{"pixels": (seven / 255).tolist()}, {"pixels": seven.tolist()},
                          {"b64": base64.b64encode(encoded((seven // 8).astype(np.uint8))).decode()}]}
    answer = post(server, *as_json(body))
    assert [warnings_of(one) for one in answer["predictions"]] == [["max_pixel_is_1"], [], ["low_contrast"]]


def test_instances_as_arrays_are_refused(server, seven):
    """What some servers of models take: [28][28][1] in place of an object."""
    keras = seven.reshape(28, 28, 1).tolist()
    assert_problem(server.post(*as_json({"instances": [keras]})), 422, "invalid-input", "instance", "array", "object")
    assert_problem(server.post(*as_json({"pixels": keras})), 422, "invalid-input", "pixel", "array", "number")


def counted(server, warning):
    text = server.get("/metrics").text
    return int(text.split(f'digitd_input_warnings_total{{warning="{warning}"}} ')[1].split("\n")[0])


def test_the_new_warnings_are_counted(seven):
    pictures = {
        "small_digit": (encoded(sheet(number_ink("7", 30), 1000, 1000)), "image/png", ""),
        "touching_digits": (encoded(number_on_paper("402", gap_px=-2)), "image/png", "?digits=many"),
        "colour_contrast": (encoded(sheet(number_ink("4", 100), 200, 180, paper=GREEN_PAPER, ink=RED_INK)),
                            "image/png", ""),
        "max_pixel_is_1": ((seven > 127).astype(np.uint8).tobytes(), "application/octet-stream", ""),
        "low_contrast": (json.dumps({"pixels": (seven // 8).tolist()}).encode(), "application/json", ""),
    }
    with Digitd() as server:
        for warning, (body, content_type, query) in pictures.items():
            before = counted(server, warning)
            answer = server.post(body, content_type, f"/predict{query}").json()
            given = sum(warning in warnings_of(one) for one in answer.get("predictions", [answer]))
            assert given >= 1 and counted(server, warning) == before + given
        before = counted(server, "second_reading")
        second_reading(server)
        assert counted(server, "second_reading") == before + 1


def phase_count(server, phase):
    text = server.get("/metrics").text
    return int(text.split(f'digitd_request_phase_duration_seconds_count{{phase="{phase}"}} ')[1].split("\n")[0])


@pytest.mark.parametrize("query", ["", "?digits=many"])
def test_a_picture_is_observed_once_in_each_phase(query):
    """However many hypotheses and decodings it takes; a picture without a digit, too."""
    red = encoded(sheet(number_ink("4", 100), 200, 180, paper=GREEN_PAPER, ink=RED_INK))
    noise = encoded(np.random.default_rng(1).integers(0, 256, (64, 64), np.uint8))
    with Digitd() as server:
        for count, body in enumerate([red, noise, (DIGITS / "7.png").read_bytes()], 1):
            assert server.post(body, "image/png", f"/predict{query}").status_code == 200
            for phase in ("decode", "preprocess", "infer"):
                assert phase_count(server, phase) == count
