"""Exports a model file of digitd to ONNX.

    bench/peers/export_onnx.py MODEL OUT
"""

import sys

import torch

import torch_model


class Probabilities(torch.nn.Module):
    """The network with its normalisation and softmax: from pixels of 0 to 255 to probabilities."""

    def __init__(self, path):
        super().__init__()
        self.network, self.scale = torch_model.load(path)

    def forward(self, pixels):
        logits = self.network((pixels / 255 - self.scale["mean"]) / self.scale["deviation"])
        return torch.softmax(logits / self.scale["temperature"], dim=1)


torch.onnx.export(Probabilities(sys.argv[1]), torch.zeros(1, 1, 28, 28), sys.argv[2],
                  input_names=["pixels"], output_names=["probabilities"],
                  dynamic_axes={"pixels": {0: "n"}, "probabilities": {0: "n"}})
