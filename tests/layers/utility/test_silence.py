import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from blobnet.testing import run_layer


def test_gradients_are_zero_where_they_are_wanted(rng):
    run = run_layer('type: "Silence"', rng.normal(size=(2, 3)), rng.normal(size=()), [])
    for blob in run.bottom:
        blob.diff[...] = 7
    run.backward([True, False, True])
    np.testing.assert_array_equal(run.bottom[0].diff, 0)
    np.testing.assert_array_equal(run.bottom[1].diff, 7)


def test_a_silenced_blob_is_no_output_of_the_net():
    net = blobnet.Net(
        blobnet.parse_net("""
            layer { name: "in" type: "Input" top: "x" top: "y" input_param { shape { dim: 2 } } }
            layer { name: "hush" type: "Silence" bottom: "y" }
        """),
        phase="TEST",
    )
    assert net.outputs == ["x"]
    assert list(net.forward(x=[1, 2], y=[3, 4])) == ["x"]


def test_it_takes_something():
    with pytest.raises(LayerError, match=r"Silence Layer takes at least 1 bottom blob\(s\)"):
        run_layer('type: "Silence"')


def test_it_makes_nothing():
    with pytest.raises(LayerError, match=r"Silence Layer produces 0 top blob\(s\)"):
        run_layer('type: "Silence"', [1.0], num_top=1)
