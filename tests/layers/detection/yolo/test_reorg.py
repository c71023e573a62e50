import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def reorg(x, options):
    return run_layer(f'type: "Reorg" reorg_param {{ {options} }}', x)


@pytest.mark.parametrize(("shape", "s"), [((2, 8, 4, 6), 2), ((1, 9, 3, 6), 3), ((2, 3, 2, 2), 1)])
def test_forward_reads_where_darknet_reads(shape, s):
    x = np.arange(np.prod(shape), dtype=float).reshape(shape)
    n, c, h, w = shape
    flat, expected = x.reshape(n, -1), np.empty((n, c * h * w))
    depth = c // (s * s)
    for b, k, j, i in np.ndindex(n, c, h, w):
        below, offset = k % depth, k // depth
        column, row = i * s + offset % s, j * s + offset // s
        source = column + w * s * (row + h * s * below)
        expected[b, i + w * (j + h * k)] = flat[b, source]
    y = reorg(x, f"stride: {s}").top[0].data
    np.testing.assert_array_equal(y, expected.reshape(n, c * s * s, h // s, w // s))


def test_reverse_writes_where_darknet_reads():
    n, c, h, w, s = 2, 8, 3, 5, 2
    x = np.arange(n * c * h * w, dtype=float).reshape(n, c, h, w)
    expected = np.empty((n, c // 4, h * s, w * s))
    for b, k, j, i in np.ndindex(n, c, h, w):
        offset = k // (c // 4)
        expected[b, k % (c // 4), j * s + offset // s, i * s + offset % s] = x[b, k, j, i]
    np.testing.assert_array_equal(reorg(x, "stride: 2 reverse: true").top[0].data, expected)


def test_the_order_of_four_pixels_in_four_channels():
    x = np.arange(16.0).reshape(1, 4, 2, 2)
    expected = [0, 2, 8, 10, 1, 3, 9, 11, 4, 6, 12, 14, 5, 7, 13, 15]
    assert reorg(x, "stride: 2").top[0].data.ravel().tolist() == expected


def test_a_stride_that_is_not_written_is_that_of_yolo9000():
    assert reorg(np.zeros((1, 4, 6, 6)), "").top[0].shape == (1, 16, 3, 3)
    with pytest.raises(LayerError, match="needs stride"):
        reorg(np.zeros((1, 4, 6, 6)), "reverse: true")


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((1, 6, 4, 4), "stride: 2"),
        ((1, 4, 5, 4), "stride: 2"),
        ((1, 6, 4, 4), "stride: 2 reverse: true"),
    ],
)
def test_what_cannot_be_cut_is_refused(shape, options):
    with pytest.raises(LayerError, match="multiple"):
        reorg(np.zeros(shape), options)


def test_a_stride_of_nothing_is_refused():
    with pytest.raises(LayerError, match="at least 1"):
        reorg(np.zeros((1, 4, 4, 4)), "stride: 0")
