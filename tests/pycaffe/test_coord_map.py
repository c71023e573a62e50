"""Coordinate maps, compared with what windows do to indices: plain loops."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.errors import BlobnetError
from blobnet.pycaffe import coord_map as maps
from blobnet.pycaffe.coord_map import coord_map_from_to, crop
from blobnet.pycaffe.net_spec import NetSpec
from blobnet.pycaffe.net_spec import layers as L  # noqa: N812


def data():
    return L.Input(shape={"dim": [1, 1, 40, 40]})


def centre(index: float, kernel: int, stride: int, pad: int, dilation: int = 1) -> float:
    """Where the middle of a window stands in the bottom: the mean of the places it reads."""
    return float(np.mean([index * stride - pad + tap * dilation for tap in range(kernel)]))


@pytest.mark.parametrize("kernel", [1, 2, 3, 5])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("pad", [0, 1, 4])
def test_a_top_stands_on_the_middle_of_its_window(kernel, stride, pad):
    bottom = data()
    top = L.Convolution(bottom, kernel_size=kernel, stride=stride, pad=pad, dilation=2)
    axis, scale, shift = coord_map_from_to(top, bottom)
    assert axis == 1
    for index in (0, 1, 7):
        place = scale * index + shift
        assert place == pytest.approx(centre(index, kernel, stride, pad, dilation=2))


def test_a_deconvolution_is_the_way_back():
    bottom = data()
    settings = {"kernel_size": 5, "stride": 3, "pad": 1}
    down = coord_map_from_to(bottom, L.Convolution(bottom, **settings))
    up = L.Deconvolution(bottom, convolution_param=settings)
    there = maps.compose(down, coord_map_from_to(bottom, up))
    assert there[0] == 1
    np.testing.assert_allclose(there[1], 1)
    np.testing.assert_allclose(there[2], 0, atol=1e-12)


def test_each_axis_has_its_own_map():
    bottom = data()
    top = L.Pooling(bottom, pooling_param={"kernel_size": [1, 3], "stride": [1, 2], "pad": 0})
    axis, scale, shift = coord_map_from_to(top, bottom)
    assert axis == 1
    np.testing.assert_allclose(scale, [1, 2])
    np.testing.assert_allclose(shift, [0, 1])


def test_layers_that_keep_their_places_change_nothing():
    bottom = data()
    top = L.Eltwise(L.ReLU(bottom), L.Dropout(bottom, in_place=True))
    assert coord_map_from_to(top, bottom) == (None, 1, 0)
    pooled = L.Pooling(bottom, kernel_size=2, stride=2)
    ours, its = coord_map_from_to(L.BatchNorm(pooled), bottom), coord_map_from_to(pooled, bottom)
    assert ours == its


def test_tops_meet_in_a_blob_that_both_are_made_of():
    bottom = data()
    left = L.Convolution(L.Pooling(bottom, kernel_size=2, stride=2), kernel_size=3)
    right = L.Pooling(bottom, kernel_size=4, stride=4)
    axis, scale, shift = coord_map_from_to(left, right)
    assert axis == 1
    for index in (0.0, 3.0):  # of `left`, to its place in `bottom`, to the one in `right`
        place = centre(centre(index, 3, 1, 0), 2, 2, 0)
        assert centre(float((scale * index + shift)[0]), 4, 4, 0) == pytest.approx(place)


def test_a_crop_moves_and_its_size_is_no_way():
    n = NetSpec()
    n.data, n.other = data(), data()
    n.crop = L.Crop(n.data, n.other, axis=2, offset=[3, 5])
    axis, scale, shift = coord_map_from_to(n.crop, n.data)
    assert (axis, scale) == (1, 1)
    assert shift.tolist() == [3, 5]
    with pytest.raises(RuntimeError, match="Could not compute map between tops"):
        coord_map_from_to(n.crop, n.other)


def test_many_ways_through_a_net_are_no_burden():
    top = start = data()
    for _ in range(60):
        top = L.Eltwise(L.ReLU(top), L.TanH(top))
    assert coord_map_from_to(top, start) == (None, 1, 0)


def test_what_is_cropped_lies_upon_the_picture():
    n = NetSpec()
    n.data = L.Input(shape={"dim": [1, 1, 20, 20]})
    n.conv = L.Convolution(n.data, num_output=1, kernel_size=3, pad=10)
    n.pool = L.Pooling(n.conv, kernel_size=2, stride=2)
    n.up = L.Deconvolution(
        n.pool, convolution_param={"num_output": 1, "kernel_size": 4, "stride": 2}
    )
    n.score = crop(n.up, n.data)
    net = blobnet.Net(n.to_proto())
    assert net.blobs["score"].shape == (1, 1, 20, 20)
    assert n.score.fn.params == {"crop_param": {"axis": 2, "offset": [10]}}
    net.blobs["data"].data[...] = 0
    net.blobs["data"].data[0, 0, 10, 10] = 1
    for name in ("conv", "up"):
        net.params[name][0].data[...] = 1
    net.forward()
    rows, columns = np.nonzero(net.blobs["score"].data[0, 0])
    assert abs(rows.mean() - 10) < 1
    assert abs(columns.mean() - 10) < 1


def test_a_crop_to_the_very_same_places():
    bottom = data()
    made = crop(L.ReLU(bottom), bottom)
    assert made.fn.params == {"crop_param": {"axis": 2, "offset": [0]}}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"kernel_size": 2, "stride": 2}, "scale mismatch on crop"),
        ({"kernel_size": 3}, "cannot crop negative offset"),
        ({"kernel_size": 2, "pad": 3}, "cannot crop noninteger offset"),
        ({"kernel_size": 3, "pad_h": 1}, "legacy _h/_w params"),
        ({"convolution_param": {"kernel_h": 3, "kernel_w": 3}}, "legacy _h/_w params"),
    ],
)
def test_what_cannot_be_cropped_is_an_assertion_error(settings, words):
    bottom = data()
    with pytest.raises(AssertionError, match=words) as caught:
        crop(L.Convolution(bottom, **settings), bottom)
    assert isinstance(caught.value, BlobnetError)


@pytest.mark.parametrize("cut", [L.InnerProduct, lambda top: L.Pooling(top, global_pooling=True)])
def test_no_way_leads_through_layers_without_a_map(cut):
    bottom = data()
    with pytest.raises(maps.UndefinedMapException):
        maps.coord_map(cut(bottom).fn)
    with pytest.raises(RuntimeError, match="Could not compute map"):
        coord_map_from_to(cut(bottom), bottom)


def test_maps_of_different_axes_cannot_be_joined():
    bottom = data()
    top = L.Convolution(L.Convolution(bottom, kernel_size=3), kernel_size=3, axis=2)
    with pytest.raises(maps.AxisMismatchException, match="axis 2 and axis 1"):
        coord_map_from_to(top, bottom)
