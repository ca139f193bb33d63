"""The self-test at the start: a model that does not answer as its file says is refused."""

import json
import re
import struct

import pytest

from digitd import FORMS, MODEL, Digitd, changed_model, run

PRECISIONS = ("f32", "int8")
WARNING = "the model file carries no golden digits"


def golden_of(header):
    return json.loads(header["__metadata__"]["golden"])


def with_golden(change):
    """The shipped model with a change made to its golden digits, a JSON object."""
    def change_header(header):
        golden = golden_of(header)
        change(golden)
        header["__metadata__"]["golden"] = json.dumps(golden)

    return changed_model(change_header)


def drop_golden(header):
    del header["__metadata__"]["golden"]


def with_weights(change, content=None):
    """A model, the shipped one by default, with a change made to the bytes of its last layer's weights."""
    content = bytearray(content or MODEL.read_bytes())
    (size,) = struct.unpack("<Q", content[:8])
    begin, end = json.loads(content[8 : 8 + size])["logits.weight"]["data_offsets"]
    weights = content[8 + size + begin : 8 + size + end]
    change(weights)
    content[8 + size + begin : 8 + size + end] = weights
    return bytes(content)


def overflow(weights):
    """Every weight is finite, and no logit of a digit is."""
    weights[:] = struct.pack("<f", 3e38) * (len(weights) // 4)


def flip_the_highest_exponent_bit(weights):
    """Of the largest weight, as small ones may belong to a feature that no golden digit has."""
    values = struct.unpack(f"<{len(weights) // 4}f", weights)
    largest = max(range(len(values)), key=lambda i: abs(values[i]))
    weights[4 * largest + 3] ^= 0x40


def refused(path, content, *flags):
    """What digitd writes to standard error when it refuses the model, without the path before it."""
    path.write_bytes(content)
    result = run("--listen", "127.0.0.1:0", "--model", path, *flags)
    assert (result.returncode, result.stdout) == (1, "")
    prefix = f"digitd: {path}: "
    assert result.stderr.startswith(prefix) and len(result.stderr.splitlines()) == 1
    return result.stderr.removeprefix(prefix).rstrip()


@pytest.mark.parametrize("precision", PRECISIONS)
def test_the_shipped_model_carries_twenty_golden_digits(precision):
    with Digitd("--precision", precision) as server:
        listening = next(line for line in server.lines if line["msg"] == "listening")
        assert listening["golden_digits"] == 20
        assert WARNING not in [line["msg"] for line in server.lines]


@pytest.mark.parametrize("precision", PRECISIONS)
def test_golden_digits_get_their_answers_over_http(precision, tmp_path):
    headers = []
    changed_model(headers.append)
    golden = golden_of(headers[0])
    with Digitd("--precision", precision) as server:
        answers = [server.post(bytes.fromhex(octets), "application/octet-stream").json() for octets in golden["octets"]]
    assert [answer["digit"] for answer in answers] == golden[precision]["digits"]
    for answer, expected in zip(answers, golden[precision]["probabilities"], strict=True):
        assert answer["probabilities"] == pytest.approx(expected, rel=1e-2)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_answers_that_are_not_finite_are_refused(precision, tmp_path):
    said = refused(tmp_path / "m", with_weights(overflow), "--precision", precision)
    assert said == "self-test: golden digit 0: the logits are not finite"


@pytest.mark.parametrize("precision", PRECISIONS)
def test_answers_that_are_not_finite_are_refused_without_golden_digits(precision, tmp_path):
    model = with_weights(overflow, changed_model(drop_golden))
    said = refused(tmp_path / "m", model, "--precision", precision)
    assert said == "self-test: pattern 1: the logits are not finite"


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_flipped_bit_of_a_weight_is_refused(precision, tmp_path):
    said = refused(tmp_path / "m", with_weights(flip_the_highest_exponent_bit), "--precision", precision)
    assert said.startswith("self-test: golden digit ")


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_changed_probability_is_refused_in_its_precision_only(precision, tmp_path):
    def move_probability(golden):
        answer = golden[precision]["probabilities"][3]
        answer[1] -= 2e-4
        answer[4] += 2e-4

    other = PRECISIONS[1 - PRECISIONS.index(precision)]
    content = with_golden(move_probability)
    said = refused(tmp_path / "m", content, "--precision", precision)
    assert re.fullmatch(r"self-test: golden digit 3: the probability of class \d is [\d.e-]+, must be [\d.e-]+ within "
                        + {"f32": "1 %", "int8": "0.0001 %"}[precision], said)
    with Digitd("--precision", other, model=tmp_path / "m") as server:
        assert server.get("/readyz").status_code == 200


def test_another_digit_is_refused(tmp_path):
    swapped = with_golden(lambda golden: golden["octets"].reverse())
    assert refused(tmp_path / "m", swapped) == "self-test: golden digit 0 is recognised as class 9, must be 0"


def test_answers_in_int8_are_missing(tmp_path):
    said = refused(tmp_path / "m", with_golden(lambda golden: golden.pop("int8")))
    assert said == ("self-test: the golden digits have no answers in int8; record them with digitd-train "
                    "--record-golden")


def test_golden_digits_that_do_not_fit_are_refused_by_name(tmp_path):
    said = refused(tmp_path / "m", with_golden(lambda golden: golden["f32"]["digits"].pop()))
    assert said == 'golden: f32: "digits" must be an array of 20, one for each golden digit'


def test_a_model_without_golden_digits_starts_with_a_warning(tmp_path, seven):
    path = tmp_path / "m"
    path.write_bytes(changed_model(drop_golden))
    with Digitd(model=path) as server:
        first = server.lines[0]
        assert (first["level"], first["msg"], first["path"]) == ("warning", WARNING, str(path))
        assert next(line for line in server.lines if line["msg"] == "listening")["golden_digits"] == 0
        assert server.post(*FORMS["octets"](seven)).json()["digit"] == 7
