"""Every layer type against what Caffe itself computed, forward and backward."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import blobnet

RECORDINGS = sorted((Path(__file__).parent / "reference" / "layers").glob("*/*.npz"))
TOLERANCE = {"rtol": 1e-4, "atol": 1e-5}


def recordings_of_known_types():
    known = set(blobnet.layer_type_list())
    return [path for path in RECORDINGS if path.parent.name in known]


def test_there_are_recordings():
    assert len(recordings_of_known_types()) > 30


@pytest.mark.parametrize(
    "path", recordings_of_known_types(), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_numbers_are_those_of_caffe(path):
    with np.load(path) as recording:
        values = dict(recording)
    net = make_net(values)
    layer = net.layers[net.layer_names.index("it")]

    net.forward()
    assert_same(values, "top_", lambda i: net.blobs[f"t{i}"].data)
    assert_same(values, "param_after_", lambda i: layer.blobs_[i].data)

    net.clear_param_diffs()  # first: the top of a Parameter layer is its weight
    for i, diff in numbered(values, "top_diff_"):
        net.blobs[f"t{i}"].diff[...] = diff
    net.backward()
    assert_same(values, "bottom_diff_", lambda i: bottom_blob(net, i).diff)
    assert_same(values, "param_diff_", lambda i: layer.blobs_[i].diff)


def make_net(values):
    net = blobnet.Net(blobnet.parse_net(str(values["prototxt"])), phase=str(values["phase"]))
    for i, array in numbered(values, "bottom_"):
        net.blobs[f"x{i}"].reshape(array.shape)
        net.blobs[f"x{i}"].data[...] = array
    layer = net.layers[net.layer_names.index("it")]
    for i, array in numbered(values, "param_"):
        assert layer.blobs_[i].shape == array.shape
        layer.blobs_[i].data[...] = array
    return net


def bottom_blob(net, i):
    """The blob under the layer, behind the Scale layer that some nets put between."""
    return net.blobs.get(f"y{i}", net.blobs[f"x{i}"])


def numbered(values, prefix):
    """(i, array) for the keys that are the prefix and a number."""
    keys = (key for key in values if key.removeprefix(prefix).isdigit() and key.startswith(prefix))
    return [(int(key.removeprefix(prefix)), values[key]) for key in keys]


def assert_same(values, prefix, actual):
    for i, expected in numbered(values, prefix):
        computed = actual(i)
        assert computed.shape == expected.shape, f"{prefix}{i}"
        np.testing.assert_allclose(computed, expected, **TOLERANCE, err_msg=f"{prefix}{i}")
