"""What every layer type of the catalogue owes: documents, a place, a test, and good manners."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet.layer_register import layer_class
from tests.test_recordings import make_net, recordings_of_known_types

ROOT = Path(blobnet.__file__).parent
TESTS = Path(__file__).parent
TYPES = [
    name
    for name in blobnet.layer_type_list()
    if layer_class(name).__module__.startswith("blobnet.")
]


def snake(type_name: str) -> str:
    """The file name of a type: InnerProduct is inner_product, LRN is lrn, TanH is tanh."""
    special = {
        "TanH": "tanh",
        "ReLU": "relu",
        "PReLU": "prelu",
        "LSTMUnit": "lstm_unit",
        "HDF5Data": "hdf5_data",
        "HDF5Output": "hdf5_output",
    }
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type_name)
    return special.get(type_name, name.lower())


@pytest.mark.parametrize("type_name", TYPES)
def test_the_docstring_tells_blobs_gradients_message_and_source(type_name):
    doc = inspect.getdoc(layer_class(type_name)) or ""
    assert "bottom[" in doc or "top[" in doc
    for part in ("Gradients:", "Proto:", "Caffe:"):
        assert part in doc


@pytest.mark.parametrize("type_name", TYPES)
def test_the_layer_stands_in_the_file_of_its_name_and_has_a_test(type_name):
    file = Path(inspect.getfile(layer_class(type_name)))
    assert file.stem == snake(type_name)
    mirrored = TESTS / file.relative_to(ROOT).parent / f"test_{file.name}"
    assert mirrored.is_file()


@pytest.mark.parametrize("type_name", TYPES)
def test_the_index_names_the_class(type_name):
    index = importlib.import_module("blobnet.layers")
    assert layer_class(type_name) in vars(index).values()


@pytest.fixture(
    params=recordings_of_known_types(), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def recorded_net(request):
    with np.load(request.param) as recording:
        return make_net(dict(recording))


def wired_layer(net):
    return net.wired[net.layer_names.index("it")]


def copies(blobs, part):
    return [getattr(blob, part).copy() for blob in blobs]


def test_a_second_reshape_changes_nothing(recorded_net):
    recorded_net.forward()
    wired = wired_layer(recorded_net)
    before = copies([*wired.bottom, *wired.top], "data")
    wired.layer.reshape(wired.bottom, wired.top)
    after = copies([*wired.bottom, *wired.top], "data")
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)


def test_forward_leaves_the_bottoms_alone(recorded_net):
    wired = wired_layer(recorded_net)
    recorded_net.forward(end=wired.layer.name)
    before = copies(wired.bottom, "data")
    wired.layer.forward(wired.bottom, wired.top)
    for old, new in zip(before, copies(wired.bottom, "data"), strict=True):
        np.testing.assert_array_equal(old, new)


def test_no_gradient_goes_where_none_is_wanted(recorded_net):
    wired = wired_layer(recorded_net)
    if wired.layer.type in ("Flatten", "Split", "Concat") and any(
        np.shares_memory(top.diff, bottom.diff) for top in wired.top for bottom in wired.bottom
    ):
        pytest.skip("the bottom's diff is the top's own memory")
    recorded_net.forward()
    for bottom in wired.bottom:
        bottom.diff[...] = 77
    wired.layer.param_propagate_down_ = [False] * len(wired.layer.blobs_)
    wired.layer.backward(wired.top, [False] * len(wired.bottom), wired.bottom)
    for blob in wired.bottom:
        np.testing.assert_array_equal(blob.diff, 77)
    for blob in wired.layer.blobs_:
        np.testing.assert_array_equal(blob.diff, 0)
