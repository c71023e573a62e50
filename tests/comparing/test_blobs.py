"""compare_blobs: which blobs are compared, in which order, and what fits what."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.comparing.blobs import compare_blobs, own_blobs
from blobnet.comparing.others import of_recording, without_rows_of_zeros
from blobnet.errors import NetError

NET = """
layer { name: "i" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 1 dim: 1 } } }
layer { name: "a" type: "AbsVal" bottom: "x" top: "a" }
layer { name: "b" type: "TanH" bottom: "x" top: "b" }
layer { name: "r" type: "ReLU" bottom: "b" top: "b" }
layer { name: "s" type: "Eltwise" bottom: "a" bottom: "b" top: "s" }
"""


@pytest.fixture
def net(rng):
    made = blobnet.Net(blobnet.parse_net(NET), "TEST")
    made.forward(x=rng.normal(size=(2, 3, 1, 1)))
    return made


def blobs_of(net):
    return {name: net.blobs[name].data.copy() for name in own_blobs(net)}


def test_blobs_of_the_definition_are_compared_in_its_order(net):
    assert own_blobs(net) == ["x", "a", "b", "s"]
    other = dict(reversed(blobs_of(net).items()))
    found = compare_blobs(net, {**other, "more": np.zeros(3)})
    assert [blob.name for blob in found.blobs] == ["x", "a", "b", "s"]
    assert found.blobs[2].layers == ("TanH", "ReLU")
    assert found.missing == []
    assert list(found.beyond(0)) == []


def test_those_beyond_the_tolerance_come_in_order(net):
    other = blobs_of(net)
    for name in ("s", "b"):
        other[name][1, 2] += 1
    found = compare_blobs(net, other)
    assert [blob.name for blob in found.beyond(1e-4)] == ["b", "s"]
    assert found.blobs[2].apart.place == (1, 2, 0, 0)
    assert found.blobs[2].apart.largest == pytest.approx(1)


def test_axes_of_length_1_do_not_count_and_others_do(net):
    other = blobs_of(net)
    other["a"] = other["a"].reshape(2, 1, 3)
    other["b"] = other["b"].reshape(3, 2)
    found = compare_blobs(net, other)
    assert [blob.name for blob in found.beyond(1e30)] == ["b"]
    assert found.blobs[2].other_shape == (3, 2)


def test_what_the_other_side_lacks_is_named(net):
    other = blobs_of(net)
    del other["a"]
    assert compare_blobs(net, other).missing == ["a"]
    with pytest.raises(NetError, match="no blob that this net computes"):
        compare_blobs(net, {"z": np.zeros(2)})


def test_recordings_are_found_by_both_spellings(tmp_path):
    (tmp_path / "conv").mkdir()
    np.save(tmp_path / "conv" / "1x1.npy", [1.0])
    np.save(tmp_path / "conv_3x3.npy", [2.0])
    np.savez(tmp_path / "rest.npz", pool=[3.0], fc_7=[4.0])
    found = of_recording(tmp_path, ["conv/1x1", "conv/3x3", "pool", "fc-7"])
    assert {name: values.tolist() for name, values in found.items()} == {
        "conv/1x1": [1],
        "conv/3x3": [2],
        "pool": [3],
        "fc-7": [4],
    }


def test_rows_that_opencv_fills_up_with_are_no_boxes():
    boxes = np.zeros((1, 1, 5, 7))
    assert without_rows_of_zeros(boxes).shape == (1, 1, 5, 7)  # nothing found
    boxes[0, 0, 1, 2] = 0.5
    assert without_rows_of_zeros(boxes).shape == (1, 1, 2, 7)
    assert without_rows_of_zeros(np.eye(3)).shape == (3, 3)
