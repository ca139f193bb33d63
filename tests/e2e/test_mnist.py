"""MNIST test images over HTTP: all formats agree, with the accuracy that digitd-eval measures."""

import json
import subprocess

import pytest

from digitd import BINARY, FORMS, MODEL

pytestmark = pytest.mark.slow

IMAGES = 200
EVALUATOR = BINARY.parents[1] / "trainer/digitd-eval"
# JSON numbers are the shortest that are read back as the same float, so 1e-6 covers all rounding.
TOLERANCE = 1e-6


@pytest.fixture(scope="module")
def wrong(mnist_dir):
    """The indices of all misclassified test images."""
    evaluation = subprocess.run(
        [EVALUATOR, "--model", MODEL, "--data", mnist_dir, "--json"],
        capture_output=True, check=True, timeout=300,
    )
    return {miss["index"] for miss in json.loads(evaluation.stdout)["wrong"]}


@pytest.fixture(scope="module")
def indices(wrong):
    """The indices of 200 images: the misclassified ones, then every fiftieth image."""
    rest = [index for index in range(0, 10000, 50) if index not in wrong]
    return (sorted(wrong) + rest)[:IMAGES]


@pytest.fixture(scope="module")
def batch(server, mnist_test, indices):
    """The predictions for these images from one request."""
    instances = [{"pixels": mnist_test[0][index].ravel().tolist()} for index in indices]
    answer = server.post_json({"instances": instances})
    assert answer.status_code == 200, answer.text
    return answer.json()["predictions"]


@pytest.mark.parametrize("form", FORMS)
def test_every_format_agrees_with_the_batch(server, mnist_test, indices, batch, form):
    for index, expected in zip(indices, batch, strict=True):
        answer = server.post(*FORMS[form](mnist_test[0][index])).json()
        assert answer["digit"] == expected["digit"], index
        assert answer["probabilities"] == pytest.approx(expected["probabilities"], abs=TOLERANCE)


def test_server_and_digitd_eval_misclassify_the_same_images(mnist_test, indices, batch, wrong):
    labels = mnist_test[1]
    misclassified = {i for i, got in zip(indices, batch, strict=True) if got["digit"] != labels[i]}
    assert misclassified == wrong & set(indices)


def test_the_error_rate_is_at_most_half_a_percent(wrong):
    assert len(wrong) <= 50
