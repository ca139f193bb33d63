"""The calibration in the model file: /health shows it, and answers depend on it."""

import json

import pytest

from digitd import FORMS, Digitd, changed_model, run


def with_calibration(path, text):
    """A copy of the model with the calibration `text`, or without one if it is None; the golden digits are of another
    calibration and left out."""
    def change(header):
        metadata = header["__metadata__"]
        del metadata["calibration"], metadata["golden"]
        if text is not None:
            metadata["calibration"] = text

    path.write_bytes(changed_model(change))
    return path


def answers(path, digits):
    """The calibration in /health, and the answers to `digits`, of a server with the model at `path`."""
    with Digitd(model=path) as server:
        model = server.get("/health").json()["model"]
        read = [server.post(*FORMS["octets"](digit)).json() for digit in digits]
    return (model["temperature"], model["uncertain_above"]), read


def test_health_shows_the_calibration_of_the_file(server):
    headers = []
    changed_model(headers.append)
    model = server.get("/health").json()["model"]
    # /health writes the shortest number that is read back as the same float.
    for name, value in json.loads(headers[0]["__metadata__"]["calibration"]).items():
        assert model[name] == pytest.approx(value, rel=1e-7)


@pytest.mark.parametrize("threshold, uncertain", [(0, True), (1, False)])
def test_an_answer_above_the_threshold_is_uncertain(threshold, uncertain, drawn_digits, tmp_path):
    text = json.dumps({"temperature": 1, "uncertain_above": threshold})
    shown, read = answers(with_calibration(tmp_path / "m", text), drawn_digits)
    assert shown == (1, threshold)
    assert {answer["uncertain"] for answer in read} == {uncertain}


def test_a_temperature_changes_probabilities_but_no_digit(drawn_digits, tmp_path):
    shown, plain = answers(with_calibration(tmp_path / "plain", None), drawn_digits)
    assert shown == (1, 0.5)
    text = json.dumps({"temperature": 8, "uncertain_above": 0.5})
    _, soft = answers(with_calibration(tmp_path / "soft", text), drawn_digits)
    for one, other in zip(plain, soft, strict=True):
        assert one["digit"] == other["digit"]
        assert one["uncertainty"] < other["uncertainty"]


def test_an_invalid_calibration_is_refused_by_name(tmp_path):
    path = with_calibration(tmp_path / "m", '{"temperature": 0, "uncertain_above": 0.5}')
    result = run("--listen", "127.0.0.1:0", "--model", path)
    assert result.returncode == 1 and len(result.stderr.splitlines()) == 1
    assert '"temperature" is 0, must be 0.05 to 20' in result.stderr
