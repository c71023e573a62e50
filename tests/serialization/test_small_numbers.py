"""Weights in half precision and in bytes: written, read, and refused where they are broken."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.errors import BlobError, WeightsError
from blobnet.proto import BlobProto, NetParameter, QuantizerParameter
from blobnet.serialization.blob_proto import stored_values
from blobnet.serialization.small_numbers import small_proto
from blobnet.serialization.weights import read_weights

NET = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 4 dim: 5 dim: 5 } } }
layer { name: "conv" type: "Convolution" bottom: "x" top: "c"
  convolution_param { num_output: 3 kernel_size: 2 } }
layer { name: "bn" type: "BatchNorm" bottom: "c" top: "c" }
layer { name: "ip" type: "InnerProduct" bottom: "c" top: "y"
  inner_product_param { num_output: 2 } }
"""


@pytest.fixture
def net(rng):
    made = blobnet.Net(blobnet.parse_net(NET), "TEST")
    for blob in made.learnable_params:
        blob.data[...] = rng.normal(size=blob.shape) * 3
    return made


def read_back(path):
    net = blobnet.Net(blobnet.parse_net(NET), "TEST")
    assert net.copy_from(path, complete=True) == []
    return net


def pairs(net, other):
    return [
        (a.data, b.data) for a, b in zip(net.learnable_params, other.learnable_params, strict=True)
    ]


def test_half_precision_comes_back_as_numpy_rounds_it(net, tmp_path):
    net.save(tmp_path / "half.caffemodel", numbers="float16")
    for expected, got in pairs(net, read_back(tmp_path / "half.caffemodel")):
        rounded = expected.astype(np.float16) if expected.ndim > 1 else expected
        np.testing.assert_array_equal(got, rounded.astype(np.float32))


def test_bytes_come_back_to_within_half_a_step_of_their_channel(net, tmp_path):
    net.save(tmp_path / "bytes.caffemodel", numbers="int8")
    for expected, got in pairs(net, read_back(tmp_path / "bytes.caffemodel")):
        if expected.ndim == 1:
            np.testing.assert_array_equal(got, expected)
            continue
        for channel, values in zip(expected, got, strict=True):
            step = np.abs(channel).max() / 127
            assert np.abs(channel - values).max() <= step / 2 * 1.001
            assert len(np.unique(np.rint(values / step))) > 5


def test_half_precision_lies_where_nvcaffe_has_it(net, tmp_path):
    """Field 10 is 2, field 12 the bytes: seen by a parser that knows the numbers only."""
    path = tmp_path / "half.caffemodel"
    net.save(path, numbers="float16")
    bits = net.params["conv"][0].data.astype("<f2").tobytes()
    content = path.read_bytes()
    assert b"\x62\x60" + bits in content  # tag of 12 with a length, 96 bytes
    assert b"\x50\x02" in content  # tag of 10 with a number, FLOAT16
    assert b"float" not in content


def test_a_channel_computed_by_hand():
    proto = small_proto(np.float32([[1.27, -0.635, 0.004], [0, 0, 0]]), "int8")
    assert proto.packed_data == np.int8([127, -64, 0, 0, 0, 0]).tobytes()
    assert list(proto.data) == pytest.approx([0.01, 0])
    np.testing.assert_allclose(stored_values(proto, "data"), [1.27, -0.64, 0, 0, 0, 0], rtol=1e-6)


@pytest.mark.parametrize("numbers", ["float16", "int8"])
@pytest.mark.parametrize("values", [[1.0, 2.0], [[np.nan]], [[np.inf]], np.zeros((0, 2))])
def test_what_has_no_smaller_form_stays(numbers, values):
    assert small_proto(np.float32(values), numbers) is None


def test_what_is_too_large_for_half_precision_stays(net, tmp_path):
    assert small_proto(np.float32([[70000]]), "float16") is None
    net.params["conv"][0].data[0, 0, 0, 0] = 1e6
    net.save(tmp_path / "half.caffemodel", numbers="float16")
    got = read_back(tmp_path / "half.caffemodel").params["conv"][0].data
    np.testing.assert_array_equal(got, net.params["conv"][0].data)


def test_files_are_as_small_as_they_say(rng, tmp_path):
    made = blobnet.Net(blobnet.parse_net(NET.replace("num_output: 3", "num_output: 300")), "TEST")
    sizes = []
    for numbers in (None, "float16", "int8"):
        made.save(tmp_path / "w", numbers=numbers)
        sizes.append((tmp_path / "w").stat().st_size)
    assert sizes[1] < 0.6 * sizes[0]
    assert sizes[2] < 0.4 * sizes[0]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"numbers": "int4"}, r"expected: float16 or int8\n.*int4"),
        ({"numbers": "int8", "write_diff": True}, "gradients cannot be written as int8"),
        ({"numbers": "float16", "fork": "SSD"}, '"SSD" cannot be written as float16'),
        ({"numbers": "int8", "fork": "NVCaffe"}, '"NVCaffe" cannot be written as int8'),
    ],
)
def test_what_cannot_be_written_is_refused(net, tmp_path, options, words):
    with pytest.raises(WeightsError, match=words):
        net.save(tmp_path / "w.caffemodel", **options)
    assert not list(tmp_path.iterdir())


def test_hdf5_has_no_such_numbers(net, tmp_path):
    with pytest.raises(WeightsError, match="HDF5 file has float32 or float64"):
        net.save(tmp_path / "w.caffemodel.h5", numbers="int8")


INT8 = QuantizerParameter.CAFFE_INT8_QUANTIZED


@pytest.mark.parametrize(
    ("shape", "factors", "count"),
    [([2, 3], [1], 6), ([2, 3], [], 6), ([2, 3], [1, 1, 1], 6), ([2, 3], [1, 1], 5), ([], [1], 1)],
)
def test_factors_that_do_not_fit_are_damage(tmp_path, shape, factors, count):
    proto = BlobProto(data_type=INT8, packed_data=bytes(count), data=factors)
    proto.shape.dim.extend(shape)
    with pytest.raises(BlobError, match="does not have the factors"):
        stored_values(proto, "data")
    net = NetParameter(layer=[{"name": "a", "blobs": [proto]}])
    (tmp_path / "w").write_bytes(net.SerializeToString())
    assert "factors" in read_weights(tmp_path / "w")["a"][0].damage


def test_bytes_that_are_fewer_than_the_shape_promises_are_damage(tmp_path):
    proto = BlobProto(data_type=INT8, packed_data=bytes(4), data=[1, 1])
    proto.shape.dim.extend([2, 3])
    net = NetParameter(layer=[{"name": "a", "blobs": [proto]}])
    (tmp_path / "w").write_bytes(net.SerializeToString())
    assert "promises 6 numbers, there are 4" in read_weights(tmp_path / "w")["a"][0].damage
