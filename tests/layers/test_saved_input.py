"""Inputs of layers that work in place: saved for their gradients, and only for those."""

import numpy as np
import pytest

import blobnet
from blobnet.blob import Blob
from blobnet.errors import BlobnetError
from blobnet.layers._saved_input import SavedInput

NET = """
    %s
    layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 20 } } }
    layer { name: "s" type: "Scale" bottom: "x" top: "x" scale_param { filler { value: 3 } } }
"""


@pytest.fixture
def blob(rng):
    blob = Blob(2, 5)
    blob.data[...] = rng.normal(size=(2, 5))
    return blob


def test_what_the_top_overwrites_is_saved(blob):
    before, saved = blob.data.copy(), SavedInput()
    saved.before_forward(blob, blob, need_backward=True)
    blob.data[...] = 7
    np.testing.assert_array_equal(saved.values(blob, blob), before)


def test_nothing_is_saved_for_a_top_of_its_own(blob):
    saved = SavedInput()
    saved.before_forward(blob, Blob(2, 5), need_backward=True)
    assert saved.values(blob, Blob(2, 5)) is blob.data
    assert saved.room(blob, Blob(2, 5), need_backward=True) is None


def test_nothing_is_saved_where_nobody_asks_for_gradients(blob):
    saved = SavedInput()
    saved.before_forward(blob, blob, need_backward=True)
    assert saved.room(blob, blob, need_backward=False) is None
    with pytest.raises(BlobnetError, match=r"not saved\n(.*\n)*.*force_backward: true"):
        saved.values(blob, blob)


@pytest.mark.parametrize("option", ["", "force_backward: true"])
def test_a_net_knows_who_needs_a_gradient(option, rng):
    net = blobnet.Net(blobnet.parse_net(NET % option), "TEST")
    values = rng.normal(size=(2, 3, 20)).astype("f4")
    np.testing.assert_array_equal(net.forward(x=values)["x"], 3 * values)
    scale = net.layers[-1]
    assert scale.need_backward == bool(option)
    if option:
        net.backward(x=np.ones((2, 3, 20)))
        np.testing.assert_array_equal(net.blobs["x"].diff, 3)
        np.testing.assert_allclose(
            scale.blobs_[0].diff, values.sum(axis=(0, 2)), rtol=1e-5, atol=1e-5
        )
