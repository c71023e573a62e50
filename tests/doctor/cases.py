"""A small net that is well, with images of its kind, and files for what is wrong with others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.doctor import Case, Finding, examine
from blobnet.types import Array

NET = """
layer { name: "data" type: "Input" top: "data"
  input_param { shape { dim: 1 dim: 3 dim: 16 dim: 16 } } }
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
  convolution_param { num_output: 16 kernel_size: 3 } }
layer { name: "bn1" type: "BatchNorm" bottom: "conv1" top: "conv1" }
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
layer { name: "conv2" type: "Convolution" bottom: "conv1" top: "conv2"
  convolution_param { num_output: 16 kernel_size: 3 } }
layer { name: "bn2" type: "BatchNorm" bottom: "conv2" top: "conv2" }
layer { name: "relu2" type: "ReLU" bottom: "conv2" top: "conv2" }
layer { name: "ip" type: "InnerProduct" bottom: "conv2" top: "ip"
  inner_product_param { num_output: 10 } }
layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }
"""


def trained_like(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Weights as training leaves them: a few large ones, outputs of different sizes."""
    sizes = rng.gamma(2, 0.5, (shape[0], *[1] * (len(shape) - 1)))
    return rng.laplace(0, 0.1, shape) * sizes


def pictures(count: int, rng: np.random.Generator) -> Array:
    """(count, 3, 16, 16), bytes: smooth, more red than blue."""
    coarse = rng.uniform(0, 1, (count, 3, 4, 4)).repeat(4, 2).repeat(4, 3)
    levels = np.array([90, 140, 255]).reshape(1, 3, 1, 1)
    return (coarse * levels).astype(np.uint8)


def healthy_net(text: str = NET, mean: float = 0, scale: float = 1) -> blobnet.Net:
    """Its batch normalizations know images that are prepared so."""
    rng = np.random.default_rng(3)
    net = blobnet.Net(blobnet.parse_net(text), phase="TRAIN", seed=1)
    for name, blobs in net.params.items():
        if not name.startswith("bn"):
            blobs[0].data[...] = trained_like(blobs[0].shape, rng)
    shape = net.blobs["data"].shape
    net.blobs["data"].reshape(32, *shape[1:])
    net.reshape()
    net.forward(data=(pictures(32, rng) - mean) * scale)
    return net


def write_picture(path: Path) -> Path:
    """A picture of the same kind as a file."""
    image = pytest.importorskip("PIL.Image")
    pixels = pictures(40, np.random.default_rng(3))[35]
    image.fromarray(pixels[::-1].transpose(1, 2, 0)).save(path)
    return path


def write(folder: Path, net: blobnet.Net, text: str = NET) -> tuple[Path, Path]:
    """The definition and the weights as files."""
    (folder / "deploy.prototxt").write_text(text)
    net.save(folder / "net.caffemodel")
    return folder / "deploy.prototxt", folder / "net.caffemodel"


def faults(case: Case) -> list[Finding]:
    return [each for each in examine(case) if not each.is_note]


def notes(case: Case) -> list[str]:
    return [each.what for each in examine(case) if each.is_note]
