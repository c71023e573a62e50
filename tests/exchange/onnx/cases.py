"""A layer of the conformance suite as a net, and how far ONNX Runtime is from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.layer_register import create_layer
from tests.conformance.case import Case, prototxt

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")


def net_of(type_name: str, a_case: Case, batch: int = 3) -> tuple[blobnet.Net, dict]:
    """A net of Input layers and one layer in phase TEST, and values for its inputs."""
    rng = np.random.default_rng(batch)
    inputs = {
        f"x{index}": np.asarray(draw(batch, rng), np.float32)
        for index, draw in enumerate(a_case.bottoms)
    }
    text = "".join(
        f'layer {{ name: "{name}" type: "Input" top: "{name}" '
        f"input_param {{ shape {{ dim: {list(values.shape)} }} }} }}\n"
        for name, values in inputs.items()
    )
    tops = _number_of_tops(type_name, a_case, len(inputs))
    words = [f'bottom: "{name}"' for name in inputs] + [f'top: "y{k}"' for k in range(tops)]
    text += f"layer {{ {prototxt(type_name, a_case)} {' '.join(words)} }}"
    net = blobnet.Net(blobnet.parse_net(text), "TEST", seed=1)
    rng = np.random.default_rng(99)
    for blob in net.layers[-1].blobs_:
        blob.data[...] = a_case.weights(rng, blob.shape)
    return net, inputs


def _number_of_tops(type_name: str, a_case: Case, bottoms: int) -> int:
    text = f"layer {{ {prototxt(type_name, a_case)} }}"
    layer = create_layer(blobnet.parse_net(text).layer[0])
    if a_case.num_top is not None:
        return a_case.num_top
    if layer.equal_num_bottom_top_blobs:
        return bottoms
    return layer.exact_num_top_blobs or layer.min_top_blobs or 1


def in_runtime(path: Path, inputs: dict) -> dict:
    """Output name to values, as ONNX Runtime computes a file, of the inputs that it wants."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    providers = ["CPUExecutionProvider"]
    session = onnxruntime.InferenceSession(str(path), options, providers=providers)
    wanted = {one.name for one in session.get_inputs()}
    names = [one.name for one in session.get_outputs()]
    feed = {name: np.asarray(x, np.float32) for name, x in inputs.items() if name in wanted}
    return dict(zip(names, session.run(names, feed), strict=True))
