"""PyTorch reads the shipped weights by their own names, and says what digitd says."""

import json
import struct
from collections import OrderedDict

import numpy as np
import pytest

from digitd import FORMS, MODEL

torch = pytest.importorskip(
    "torch", reason="PyTorch is not installed; script/bootstrap --all installs python3-torch"
)
pytestmark = pytest.mark.slow

# Two orders of summation of 1,000 float32 terms, through six layers and a softmax.
TOLERANCE = 1e-5


def read_safetensors(path):
    """({name: tensor}, metadata) of a safetensors file."""
    data = path.read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    metadata = header.pop("__metadata__")
    return {
        name: torch.from_numpy(
            np.frombuffer(data[start:], "<f4")[tensor["data_offsets"][0] // 4 :
                                               tensor["data_offsets"][1] // 4].copy()
        ).reshape(tensor["shape"])
        for name, tensor in header.items()
    }, metadata


def make_layer(layer, weight):
    """PyTorch's layer for one of the architecture's; `weight` is None where it has none."""
    kind = layer["type"]
    if kind == "conv2d":
        return torch.nn.Conv2d(
            weight.shape[1], layer["out_channels"], layer["kernel_size"],
            layer.get("stride", 1), layer.get("padding", 0), bias=layer.get("bias", True),
        )
    if kind == "dense":
        return torch.nn.Linear(weight.shape[1], layer["out_features"], layer.get("bias", True))
    if kind == "batchnorm2d":
        return torch.nn.BatchNorm2d(len(weight), layer.get("epsilon", 1e-5))
    if kind == "maxpool2d":
        return torch.nn.MaxPool2d(layer["kernel_size"], layer.get("stride"))
    return {"relu": torch.nn.ReLU, "flatten": torch.nn.Flatten, "dropout": torch.nn.Dropout}[kind]()


@pytest.fixture(scope="module")
def network():
    """The shipped model as a torch.nn.Sequential, and how its input is scaled."""
    state, metadata = read_safetensors(MODEL)
    architecture = json.loads(metadata["architecture"])
    layers = OrderedDict(
        (layer.get("name", f"{layer['type']}{place}"),
         make_layer(layer, state.get(f"{layer.get('name')}.weight")))
        for place, layer in enumerate(architecture["layers"])
    )
    sequential = torch.nn.Sequential(layers)
    sequential.load_state_dict(state, strict=True)
    return sequential.eval(), json.loads(metadata["preprocessing"])


def test_pytorch_gives_the_probabilities_of_the_server(server, network, drawn_digits):
    sequential, scale = network
    pixels = torch.from_numpy(drawn_digits.astype(np.float32) / 255).unsqueeze(1)
    with torch.no_grad():
        logits = sequential((pixels - scale["mean"]) / scale["deviation"])
    expected = torch.softmax(logits, dim=1).numpy()
    got = [server.post(*FORMS["flat"](digit)).json()["probabilities"] for digit in drawn_digits]
    np.testing.assert_allclose(got, expected, rtol=0, atol=TOLERANCE)


def test_the_metadata_tell_how_the_model_was_made():
    _, metadata = read_safetensors(MODEL)
    assert set(metadata) == {"format", "architecture", "labels", "preprocessing", "training"}
    assert metadata["format"] == "pt"
    assert json.loads(metadata["labels"]) == [str(digit) for digit in range(10)]
    training = json.loads(metadata["training"])
    assert training["test"]["accuracy"] >= 0.995
