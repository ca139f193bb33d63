"""MNIST's own test images over HTTP: every form agrees, at the accuracy that digitd-eval finds."""

import json
import subprocess

import pytest

from digitd import BINARY, FORMS, MODEL

pytestmark = pytest.mark.slow

IMAGES = 200
EVALUATOR = BINARY.parents[1] / "trainer/digitd-eval"
# Numbers in JSON have the shortest digits that give the same float back: 1e-6 is all rounding.
TOLERANCE = 1e-6


@pytest.fixture(scope="module")
def wrong(mnist_dir):
    """The indices of all test images that the model misreads."""
    evaluation = subprocess.run(
        [EVALUATOR, "--model", MODEL, "--data", mnist_dir, "--json"],
        capture_output=True, check=True, timeout=300,
    )
    return {miss["index"] for miss in json.loads(evaluation.stdout)["wrong"]}


@pytest.fixture(scope="module")
def indices(wrong):
    """200 images: those that are misread, and for the rest every fiftieth until it is full."""
    rest = [index for index in range(0, 10000, 50) if index not in wrong]
    return (sorted(wrong) + rest)[:IMAGES]


@pytest.fixture(scope="module")
def batch(server, mnist_test, indices):
    """The predictions of all these images in one request."""
    instances = [{"pixels": mnist_test[0][index].ravel().tolist()} for index in indices]
    answer = server.post_json({"instances": instances})
    assert answer.status_code == 200, answer.text
    return answer.json()["predictions"]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_agrees_with_the_batch(server, mnist_test, indices, batch, form):
    for index, expected in zip(indices, batch, strict=True):
        answer = server.post(*FORMS[form](mnist_test[0][index])).json()
        assert answer["digit"] == expected["digit"], index
        assert answer["probabilities"] == pytest.approx(expected["probabilities"], abs=TOLERANCE)


def test_the_misread_ones_are_those_that_digitd_eval_names(mnist_test, indices, batch, wrong):
    labels = mnist_test[1]
    misread = {i for i, got in zip(indices, batch, strict=True) if got["digit"] != labels[i]}
    assert misread == wrong & set(indices)


def test_the_model_misreads_at_most_one_half_of_a_percent(wrong):
    assert len(wrong) <= 50
