"""What a net does not take, and what it says of it."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import blobnet
from blobnet.errors import NetError

TEXT = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "y" type: "Power" bottom: "x" top: "y" power_param { scale: 2 } }"""


def make(**options):
    return blobnet.Net(blobnet.parse_net(TEXT), "TEST", **options)


@pytest.mark.parametrize("source", [123, None, b"name: 'a'", ["net.prototxt"]])
def test_what_defines_no_net(source):
    with pytest.raises(NetError, match=r"path(.*\n)*.*got: +" + type(source).__name__):
        blobnet.Net(source)


@pytest.mark.parametrize("dtype", ["int8", "float16", "complex64", "bogus", object, ">f4"])
def test_what_nets_cannot_compute_with(dtype):
    with pytest.raises(NetError, match="float32"):
        make(dtype=dtype)


@pytest.mark.parametrize("seed", [-1, "a", 1.5])
def test_what_is_no_seed(seed):
    with pytest.raises(NetError, match="no seed"):
        make(seed=seed)


@pytest.mark.parametrize(
    "values",
    [
        [[1], [1, 2]],
        np.full((2, 3), 1j),
        np.full((2, 3), "a"),
        np.full((2, 3), None),
        np.full((2, 3), np.datetime64("2020-01-01")),
    ],
)
def test_what_is_no_number(values):
    net = make()
    net.forward(x=np.ones((2, 3)))
    with pytest.raises(NetError, match="'x'"):
        net.forward(x=values)
    np.testing.assert_array_equal(net.blobs["x"].data, np.ones((2, 3)))


def test_a_number_beyond_float32_is_named_and_infinity_is_taken_as_it_is():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(NetError, match=r"'x'.*too large for float32(.*\n)*.*1e\+300"):
            make().forward(x=np.full((2, 3), 1e300))
        out = make().forward(x=[[np.inf, -np.inf, 1], [2, 3, 4]])["y"]
    np.testing.assert_array_equal(out, [[np.inf, -np.inf, 2], [4, 6, 8]])
    assert make(dtype="float64").forward(x=np.full((2, 3), 1e300))["y"][0, 0] == 2e300


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float16", "float64"])
def test_real_numbers_of_every_kind_are_taken(dtype):
    out = make().forward(x=np.ones((2, 3), dtype))["y"]
    np.testing.assert_array_equal(out, np.full((2, 3), 2))
