"""PyTorch loads the shipped weights by name and computes the same probabilities as digitd."""

import json
import sys

import numpy as np
import pytest

from digitd import FORMS, MODEL, ROOT, Digitd

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed; script/bootstrap --all installs python3-torch"
)
pytestmark = pytest.mark.slow
sys.path.insert(0, str(ROOT / "bench/peers"))
import torch_model  # noqa: E402 (it needs PyTorch)

# Sums of 1,000 float32 terms in different orders, in six layers and a softmax.
TOLERANCE = 1e-5

# Activations of eight bits in seven layers, then a softmax.
INT8_TOLERANCE = 1e-3


@pytest.fixture(scope="module")
def network():
    """The shipped model as a torch.nn.Sequential, and the scaling of its input and logits."""
    return torch_model.load(MODEL)


@pytest.mark.parametrize("precision, tolerance", [("f32", TOLERANCE), ("int8", INT8_TOLERANCE)])
def test_pytorch_gives_the_probabilities_of_the_server(network, drawn_digits, precision, tolerance):
    sequential, scale = network
    pixels = torch.from_numpy(drawn_digits.astype(np.float32) / 255).unsqueeze(1)
    with torch.no_grad():
        logits = sequential((pixels - scale["mean"]) / scale["deviation"])
    expected = torch.softmax(logits / scale["temperature"], dim=1).numpy()
    with Digitd("--precision", precision) as server:
        got = [server.post(*FORMS["flat"](digit)).json()["probabilities"] for digit in drawn_digits]
    np.testing.assert_allclose(got, expected, rtol=0, atol=tolerance)


def test_the_metadata_describe_the_training():
    _, metadata = torch_model.read_safetensors(MODEL)
    assert set(metadata) == {"format", "architecture", "calibration", "golden", "labels", "preprocessing",
                             "quantisation", "training"}
    assert metadata["format"] == "pt"
    assert json.loads(metadata["labels"]) == [str(digit) for digit in range(10)]
    training = json.loads(metadata["training"])
    assert training["test"]["accuracy"] >= 0.995
