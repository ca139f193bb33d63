"""Reads and writes IDX files, the format of MNIST and Fashion-MNIST; reads .gz files too."""

import gzip
import struct
import sys
from pathlib import Path

import numpy as np


def read_idx(folder, name, hint):
    """The octets of a file as an array of the shape in its header; ends the program with `hint` if it is missing."""
    plain, packed = Path(folder) / name, Path(folder) / f"{name}.gz"
    if not plain.exists() and not packed.exists():
        sys.exit(f"{plain} is not there; {hint}")
    data = plain.read_bytes() if plain.exists() else gzip.decompress(packed.read_bytes())
    dimensions = data[3]
    shape = np.frombuffer(data, ">u4", dimensions, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def write_idx(path, array):
    """Writes an array of octets with its shape in the header."""
    header = struct.pack(f">2xBB{array.ndim}I", 8, array.ndim, *array.shape)
    Path(path).write_bytes(header + np.ascontiguousarray(array).tobytes())
