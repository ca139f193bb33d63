"""Loads a model file of digitd into PyTorch. Used by the peers of bench/serve and by tests/e2e."""

import json
import struct
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch


def read_safetensors(path):
    """({name: tensor}, metadata) of a safetensors file."""
    data = Path(path).read_bytes()
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
    """The PyTorch layer for a layer of the architecture; `weight` is None for a layer without weights."""
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


def load(path):
    """(the network in evaluation mode; mean and deviation of its input, temperature of its logits)."""
    state, metadata = read_safetensors(path)
    architecture = json.loads(metadata["architecture"])
    network = torch.nn.Sequential(OrderedDict(
        (layer.get("name", f"{layer['type']}{place}"),
         make_layer(layer, state.get(f"{layer.get('name')}.weight")))
        for place, layer in enumerate(architecture["layers"])
    ))
    network.load_state_dict(state, strict=True)
    calibration = json.loads(metadata.get("calibration", '{"temperature": 1}'))
    scale = {**json.loads(metadata["preprocessing"]), "temperature": calibration["temperature"]}
    return network.eval(), scale
