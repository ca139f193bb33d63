"""?digits=many and ?digits=N: whole numbers, how sure they are, their limits, and pictures made to cost much."""

import re
import time

import numpy as np
import pytest
from PIL import Image

from digitd import Digitd, assert_problem, encoded
from drawings import grid, lines_on_paper, noise, number_on_paper, specks
from test_openapi import check_answer

LINES = ["302", "714", "58", "6", "90"]


def ask(server, picture, digits="many"):
    answer = server.post(picture if isinstance(picture, bytes) else encoded(picture), "image/*",
                         f"/predict?digits={digits}")
    check_answer(answer, "/predict", "post")
    return answer


def read(server, picture, digits="many"):
    answer = ask(server, picture, digits)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("digits", ["many", 5])
def test_a_number_has_a_string_its_confidence_and_a_second_reading(server, digits):
    answer = read(server, number_on_paper("40257"), digits)
    assert list(answer) == ["digits", "confidence", "uncertain", "second", "predictions", "model"]
    assert answer["digits"] == "40257" and answer["confidence"] > 0.9 and not answer["uncertain"]
    assert answer["second"]["digits"] != "40257"
    assert 0 < answer["second"]["confidence"] <= 1 - answer["confidence"]
    if digits == 5:
        assert len(answer["second"]["digits"]) == 5
    for one, digit in zip(answer["predictions"], "40257", strict=True):
        assert str(one["digit"]) == digit and one["line"] == 0 and one["box"] == one["input"]["crop"]
        assert one["confidence"] == one["probabilities"][one["digit"]] >= answer["confidence"]
        assert one["input"]["hypothesis"]["tried"] >= 1 and "second" not in one["input"]["hypothesis"]


@pytest.mark.parametrize("digits", ["many", 1, 2, 3])
def test_no_digit_is_less_sure_than_the_whole_number(server, digits):
    """The whole is right only if each digit is."""
    pictures = [noise(side, 1, seed) for side in (40, 64) for seed in range(3)]
    pictures += [number_on_paper(number, gap_px=gap_px) for number in ("402", "15", "7") for gap_px in (12, -3)]
    answers = [ask(server, picture, digits) for picture in pictures]
    answers = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(answers) >= len(pictures) / 2
    for answer in answers:
        for one in answer["predictions"]:
            assert answer["confidence"] <= one["confidence"] <= 1
            assert one["confidence"] == one["probabilities"][one["digit"]]
            assert sum(one["probabilities"]) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("gap_px", [0, -2, -5])
def test_touching_digits_are_parted_with_a_warning(server, gap_px):
    picture = number_on_paper("402", gap_px=gap_px)
    for digits in ("many", 3):
        answer = read(server, picture, digits)
        assert answer["digits"] == "402" and not answer["uncertain"]
        lefts = [one["box"]["left_px"] for one in answer["predictions"]]
        assert lefts == sorted(lefts)
        assert any("touching_digits" in one["input"]["warnings"] for one in answer["predictions"])


def test_digits_apart_are_not_said_to_touch(server):
    for one in read(server, number_on_paper("402"))["predictions"]:
        assert one["input"]["warnings"] == []


def test_lines_are_read_from_the_top(server):
    answer = read(server, lines_on_paper(LINES))
    assert answer["digits"] == "".join(LINES)
    assert [one["line"] for one in answer["predictions"]] == [
        line for line, digits in enumerate(LINES) for _ in digits]
    for line in range(len(LINES) - 1):
        above = [one["box"] for one in answer["predictions"] if one["line"] == line]
        below = [one["box"] for one in answer["predictions"] if one["line"] == line + 1]
        assert max(box["top_px"] + box["height_px"] for box in above) <= min(box["top_px"] for box in below)


def test_max_lines():
    with Digitd("--max-lines", 3) as server:
        assert read(server, lines_on_paper(LINES[:3]))["digits"] == "".join(LINES[:3])
        problem = assert_problem(ask(server, lines_on_paper(LINES[:4])), 422, "too-many-instances", 4, "lines", 3)
        assert problem["limit"] == 3


@pytest.mark.parametrize("key", ["max-digits", "max-instances"])
def test_the_limit_of_digits(key):
    with Digitd(f"--{key}", 4) as server:
        assert read(server, number_on_paper("4025"))["digits"] == "4025"
        assert read(server, number_on_paper("4025"), 4)["digits"] == "4025"
        problem = assert_problem(ask(server, number_on_paper("40257")), 422, "too-many-instances", "5 digits", 4)
        assert problem["limit"] == 4
        problem = assert_problem(ask(server, number_on_paper("40257"), 5), 422, "too-many-instances",
                                 "digits is 5", 4)
        assert problem["limit"] == 4
        assert server.post(encoded(number_on_paper("4")), "image/png").json()["digit"] == 4


def test_a_row_as_long_as_the_default_limit(server):
    def bars(count):
        picture = np.full((60, 40 + 16 * count), 235, np.uint8)
        for i in range(count):
            picture[10:50, 24 + 16 * i:28 + 16 * i] = 20
        return Image.fromarray(picture)
    assert read(server, bars(128))["digits"] == "1" * 128
    assert_problem(ask(server, bars(129)), 422, "too-many-instances", "129 digits", 128)


@pytest.mark.parametrize("limit", [1, 2, 8, 64])
def test_few_candidates_still_give_an_answer(limit):
    with Digitd("--max-candidates", limit) as server:
        answer = ask(server, number_on_paper("402"))
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["predictions"]) <= limit
        if limit >= 8:
            assert answer.json()["digits"] == "402"
        assert server.post(encoded(number_on_paper("4")), "image/png").json()["digit"] == 4


def test_one_hypothesis_about_numbers():
    with Digitd("--max-hypotheses", 1) as server:
        answer = read(server, number_on_paper("402"))
        assert answer["digits"] == "402"
        assert {one["input"]["hypothesis"]["tried"] for one in answer["predictions"]} == {1}
        doubtful = read(server, noise(64))
        for one in doubtful["predictions"] or [doubtful]:
            assert one["input"]["hypothesis"]["tried"] == 1


@pytest.mark.parametrize("key, value", [
    ("max-lines", 0), ("max-lines", 65), ("max-candidates", 0), ("max-candidates", 4097), ("max-digits", 0),
    ("max-digits", 257)])
def test_a_limit_of_numbers_is_refused_beyond_its_range(key, value):
    with pytest.raises(RuntimeError, match=f"{key}.*{value}"):
        Digitd(f"--{key}", value)


def test_the_largest_limits_are_taken():
    with Digitd("--max-lines", 64, "--max-candidates", 4096, "--max-digits", 256, "--max-hypotheses", 20) as server:
        assert read(server, number_on_paper("402"))["digits"] == "402"


def test_limits_of_numbers_follow_a_reload(tmp_path):
    file = tmp_path / "digitd.json"
    file.write_text('{"max_digits": 2, "max_candidates": 64, "max_lines": 1, "max_hypotheses": 3}')
    with Digitd("--config", file) as server:
        assert_problem(ask(server, number_on_paper("402")), 422, "too-many-instances", 2)
        file.write_text('{"max_digits": 200, "max_candidates": 4096, "max_lines": 60, "max_hypotheses": 20}')
        assert server.reload()["msg"] == "reloaded"
        for _ in range(20):  # both by workers and picture threads
            assert read(server, number_on_paper("402"))["digits"] == "402"
        assert read(server, lines_on_paper(LINES))["digits"] == "".join(LINES)


def test_a_number_of_digits_that_cannot_be_read_is_refused(server):
    assert_problem(ask(server, number_on_paper("42"), 9), 422, "invalid-input", "digits is 9", "cannot be read")
    assert_problem(ask(server, Image.new("L", (64, 48), 255), 2), 422, "invalid-input", "digits is 2")


def test_a_number_of_digits_that_does_not_fit_well_is_uncertain(server):
    """A 2 and a 4 as three digits: cut strokes are read, and the answer says that it is doubtful."""
    answer = ask(server, number_on_paper("42"), 3)
    if answer.status_code == 200:
        assert len(answer.json()["digits"]) == 3 and answer.json()["uncertain"]
    else:
        assert_problem(answer, 422, "invalid-input", "digits is 3")


def test_the_number_of_digits_needs_a_picture(server, seven):
    answer = server.post(seven.tobytes(), "application/octet-stream", "/predict?digits=1")
    assert_problem(answer, 422, "invalid-input", "picture")


def test_a_blank_picture_in_a_form_has_no_digits(server):
    picture = encoded(Image.new("L", (64, 48), 230))
    body = (b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
            + picture + b"\r\n--b--\r\n")
    answer = server.post(body, "multipart/form-data; boundary=b", "/predict?digits=many")
    assert answer.status_code == 200, answer.text
    check_answer(answer, "/predict", "post")
    answer = answer.json()
    assert answer["digits"] == "" and answer["uncertain"] and answer["predictions"] == []
    assert answer["input"]["warnings"] == ["blank"]


def test_a_form_may_have_one_picture_even_if_the_first_is_blank(server):
    picture = encoded(Image.new("L", (64, 48), 230))
    part = (b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n'
            b"Content-Type: image/png\r\n\r\n" + picture + b"\r\n")
    for query in ("", "?digits=many"):
        answer = server.post(part + part + b"--b--\r\n", "multipart/form-data; boundary=b", f"/predict{query}")
        assert_problem(answer, 422, "invalid-input", "second picture")


# Pictures that give cause for the most pieces, candidates, lines and hypotheses.
HOSTILE = {
    "noise": lambda: noise(512), "small noise": lambda: noise(100), "coloured noise": lambda: noise(512, 3),
    "two levels": lambda: noise(512).point(lambda level: 255 * (level > 127)),
    "blocks": lambda: noise(64).resize((512, 512), Image.Resampling.NEAREST),
    "4,000 specks": lambda: specks(4000), "4,000 specks, large": lambda: specks(4000, 2400, 24),
    "900 specks": lambda: specks(900, height_px=30), "grid of 4 px": lambda: grid(step_px=4),
    "grid of 8 px": lambda: grid(step_px=8), "grid of 40 px": lambda: grid(step_px=40),
    "a large grid": lambda: grid(2048, 64, 6),
}


def cpu_seconds(server):
    text = server.get("/metrics").text
    return float(re.search(r"^process_cpu_seconds_total (\S+)$", text, re.MULTILINE)[1])


# A sanitizer's build takes several times the time.
@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_no_picture_of_numbers_costs_much(name):
    """A plain number of five digits takes a few milliseconds."""
    body = encoded(HOSTILE[name]())
    with Digitd("--workers", 1) as server:
        assert read(server, number_on_paper("40257"))["digits"] == "40257"
        before = cpu_seconds(server)
        answer = ask(server, body)
        cpu = cpu_seconds(server) - before
    print(f"{name}: {answer.status_code}, {cpu:.2f} s")
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 422:
        assert "limit" in answer.json()
    assert cpu <= 0.5


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_no_picture_costs_much_with_the_largest_limits(name):
    body = encoded(HOSTILE[name]())
    with Digitd("--workers", 1, "--max-lines", 64, "--max-candidates", 4096, "--max-digits", 256) as server:
        begun = time.monotonic()
        answer = ask(server, body)
        assert answer.status_code in (200, 422), answer.text
        assert time.monotonic() - begun < 10
