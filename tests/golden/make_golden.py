#!/usr/bin/python3
"""Writes layers.safetensors and network.safetensors beside this file: results that PyTorch computes.

Run it after you change a case; the tests read only the files. The committed files were made with
PyTorch 1.13 (python3-torch of Debian 12).
"""

import collections
import json
import pathlib
import struct

import torch
import torch.nn.functional as F
from torch import nn

HERE = pathlib.Path(__file__).parent
TINY = HERE.parent / "fixtures" / "architectures" / "tiny.json"


def save(path, tensors):
    """Writes float32 tensors as safetensors."""
    header, blobs, offset = {}, [], 0
    for name, tensor in tensors.items():
        blob = tensor.detach().to(torch.float32).contiguous().numpy().tobytes()
        shape = list(tensor.shape) or [1]
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def record(out, prefix, inputs, result):
    """Records inputs, result, a random gradient of the result, and the gradients of the inputs."""
    grad_out = torch.randn_like(result)
    result.backward(grad_out)
    out[f"{prefix}.out"] = result
    out[f"{prefix}.grad_out"] = grad_out
    for name, tensor in inputs.items():
        out[f"{prefix}.{name}"] = tensor
        out[f"{prefix}.grad_{name}"] = tensor.grad


def leaf(*shape):
    return torch.randn(*shape, requires_grad=True)


def conv2d(out, prefix, in_shape, out_channels, kernel, stride, padding):
    inputs = {"in": leaf(*in_shape), "weight": leaf(out_channels, in_shape[1], *kernel),
              "bias": leaf(out_channels)}
    result = F.conv2d(inputs["in"], inputs["weight"], inputs["bias"], stride, padding)
    record(out, prefix, inputs, result)


def layers():
    out = {}
    conv2d(out, "conv2d_same", (3, 2, 7, 7), 4, (3, 3), (1, 1), (1, 1))
    conv2d(out, "conv2d_valid", (16, 3, 6, 5), 5, (3, 3), (1, 1), (0, 0))
    conv2d(out, "conv2d_odd", (2, 2, 9, 8), 3, (5, 2), (2, 3), (2, 1))
    conv2d(out, "conv2d_point", (5, 4, 3, 3), 2, (1, 1), (1, 1), (0, 0))

    inputs = {"in": leaf(7, 11), "weight": leaf(6, 11), "bias": leaf(6)}
    record(out, "dense", inputs, F.linear(inputs["in"], inputs["weight"], inputs["bias"]))

    inputs = {"in": leaf(3, 2, 6, 6)}
    record(out, "maxpool2d_even", inputs, F.max_pool2d(inputs["in"], 2))
    inputs = {"in": leaf(3, 2, 7, 8)}
    record(out, "maxpool2d_overlapping", inputs, F.max_pool2d(inputs["in"], (3, 2), (2, 3)))
    # Only two distinct values, so that windows contain ties.
    inputs = {"in": torch.randint(0, 2, (4, 2, 6, 6)).float().requires_grad_()}
    record(out, "maxpool2d_ties", inputs, F.max_pool2d(inputs["in"], 2))

    inputs = {"in": leaf(5, 3, 4, 2), "scale": leaf(3), "shift": leaf(3)}
    result = F.batch_norm(inputs["in"], None, None, inputs["scale"], inputs["shift"], True, 0.1, 1e-5)
    record(out, "batchnorm2d", inputs, result)

    logits = leaf(6, 10)
    labels = torch.randint(0, 10, (6,))
    F.cross_entropy(logits, labels, label_smoothing=0.1).backward()
    out["softmax.logits"], out["softmax.labels"] = logits, labels
    out["softmax.probabilities"] = F.softmax(logits, 1)
    out["softmax.losses"] = F.cross_entropy(logits, labels, reduction="none")
    out["softmax.grad_smoothed"] = logits.grad
    save(HERE / "layers.safetensors", out)


def build(architecture):
    """The PyTorch modules of an architecture, with the names of its layers."""
    modules, shape = [], torch.zeros(1, 1, 28, 28)
    for index, layer in enumerate(architecture["layers"]):
        kind = layer["type"]
        channels = shape.shape[1]
        if kind == "conv2d":
            module = nn.Conv2d(channels, layer["out_channels"], layer["kernel_size"],
                               layer.get("stride", 1), layer.get("padding", 0),
                               bias=layer.get("bias", True))
        elif kind == "batchnorm2d":
            module = nn.BatchNorm2d(channels, eps=layer.get("epsilon", 1e-5))
        elif kind == "relu":
            module = nn.ReLU()
        elif kind == "maxpool2d":
            module = nn.MaxPool2d(layer["kernel_size"], layer.get("stride"))
        elif kind == "flatten":
            module = nn.Flatten()
        elif kind == "dense":
            module = nn.Linear(channels, layer["out_features"], bias=layer.get("bias", True))
        else:
            module = nn.Dropout(layer["p"])
        shape = module.eval()(shape)
        modules.append((layer.get("name", str(index)), module))
    return nn.Sequential(collections.OrderedDict(modules))


def network():
    model = build(json.loads(TINY.read_text()))
    for name, tensor in model.state_dict().items():
        if name.endswith("running_var"):
            tensor.uniform_(0.5, 2.0)
        elif "running" in name or "norm" in name and "num" not in name:
            tensor.normal_()
    out = {}
    for name, tensor in model.state_dict().items():
        if "num_batches" not in name:
            out[f"before.{name}"] = tensor.clone()
    pixels = torch.rand(21, 1, 28, 28)
    labels = torch.randint(0, 10, (21,))
    normalised = (pixels - 0.1307) / 0.3081
    model.eval()
    out["pixels"], out["labels"] = pixels, labels
    out["logits"] = model(normalised)
    model.train()
    loss = F.cross_entropy(model(normalised), labels)
    loss.backward()
    out["loss"] = loss.reshape(1)
    for name, tensor in model.named_parameters():
        out[f"grad.{name}"] = tensor.grad
    for name, tensor in model.state_dict().items():
        if "running" in name:
            out[f"after.{name}"] = tensor
    save(HERE / "network.safetensors", out)


if __name__ == "__main__":
    torch.manual_seed(1)
    layers()
    network()
