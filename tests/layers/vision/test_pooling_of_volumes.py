"""Pooling over three axes and more, against loops over windows."""

import itertools
import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.layers.vision._pooling_by_axes import PoolingByAxes
from blobnet.serialization.prototxt import parse_net
from blobnet.testing import run_layer


def pooling(options, x):
    return run_layer(f'type: "Pooling" pooling_param {{ {options} }}', x)


def windows(size, kernel, stride, pad, dilation):
    """Of each place: the pixels of its taps, and by what Caffe divides their sum."""
    along = []
    for n, k, s, p, d in zip(size, kernel, stride, pad, dilation, strict=True):
        count = -(-(n + 2 * p - d * (k - 1) - 1) // s) + 1
        if any(pad) and (count - 1) * s >= n + p:
            count -= 1
        axis = []
        for place in range(count):
            taps = [place * s - p + d * tap for tap in range(k)]
            axis.append(([t for t in taps if 0 <= t < n], len([t for t in taps if t < n + p])))
        along.append(axis)
    for place in itertools.product(*(range(len(axis)) for axis in along)):
        chosen = [axis[i] for axis, i in zip(along, place, strict=True)]
        pixels = itertools.product(*(taps for taps, _ in chosen))
        yield place, list(pixels), math.prod(count for _, count in chosen)


@pytest.mark.parametrize(
    ("options", "size", "kernel", "stride", "pad", "dilation"),
    [
        ("kernel_size: 2 stride: 2", (3, 4, 5), (2,) * 3, (2,) * 3, (0,) * 3, (1,) * 3),
        (
            "kernel_size_3d: [1, 2, 3] stride_3d: [1, 2, 1] pad_3d: [0, 1, 2] dilation: [1, 2, 1]",
            (2, 5, 4), (1, 2, 3), (1, 2, 1), (0, 1, 2), (1, 2, 1),
        ),
        ("kernel_size: 3 stride_3d: 2 pad: 1", (4, 3, 5), (3,) * 3, (2,) * 3, (1,) * 3, (1,) * 3),
        ("kernel_size: 2", (2, 3, 2, 2), (2,) * 4, (1,) * 4, (0,) * 4, (1,) * 4),
        ("global_pooling: true", (2, 3, 4), (2, 3, 4), (1,) * 3, (0,) * 3, (1,) * 3),
    ],
)  # fmt: skip
@pytest.mark.parametrize("pool", ["MAX", "AVE", "AVE avg_include_pad: false"])
def test_windows_and_their_gradients(pool, options, size, kernel, stride, pad, dilation, rng):
    x = rng.integers(4, size=(2, 3, *size)).astype(float)  # with many equals
    run = pooling(f"pool: {pool} {options}", x)
    run.top[0].diff[...] = dy = rng.normal(size=run.top[0].shape)
    run.layer.backward(run.top, [True], run.bottom)
    y, dx = np.full(dy.shape, np.nan), np.zeros_like(x)
    for image in np.ndindex(2, 3):
        for place, pixels, divisor in windows(size, kernel, stride, pad, dilation):
            values = [x[image + pixel] for pixel in pixels]
            divisor = len(pixels) if "false" in pool else divisor
            if pool == "MAX":
                y[image + place] = max(values)
                dx[image + pixels[values.index(max(values))]] += dy[image + place]
                continue
            y[image + place] = sum(values) / divisor
            for pixel in pixels:
                dx[image + pixel] += dy[image + place] / divisor
    np.testing.assert_allclose(run.top[0].data, y, rtol=1e-12)
    np.testing.assert_allclose(run.bottom[0].diff, dx, rtol=1e-12, atol=1e-12)


def test_a_kernel_size_for_each_axis_as_the_opencl_branch_writes_it():
    text = """layer { name: "p" type: "Pooling" bottom: "x" top: "y" pooling_param {
        pool: MAX kernel_size: 1 kernel_size: 2 kernel_size: 2 stride: 1 # kernel_size: 9
        stride: 2 stride: 2 pad: 0 dilation: 1 } }
        layer { name: "q" type: "Pooling" pooling_param { kernel_size: 3 stride: 2 } }"""
    first, second = (layer.pooling_param for layer in parse_net(text).layer)
    assert list(first.kernel_size_3d) == [1, 2, 2]
    assert list(first.stride_3d) == [1, 2, 2]
    assert (first.pad, list(first.pad_3d)) == (0, [])
    assert (second.kernel_size, second.stride) == (3, 2)
    assert not second.kernel_size_3d


def test_two_axes_may_have_a_size_each(rng):
    x = rng.normal(size=(2, 3, 4, 6))
    one = pooling("kernel_size_3d: [2, 3] stride_3d: [1, 2]", x).top[0].data
    other = pooling("kernel_h: 2 kernel_w: 3 stride_h: 1 stride_w: 2", x).top[0].data
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("kernel_h: 2 kernel_w: 2", "for two spatial axes"),
        ("kernel_size: 2 stride_h: 2 stride_w: 2", "Stride is stride OR stride_h and stride_w"),
        ("kernel_size: 2 kernel_size_3d: 2", "kernel_size is stated in several ways"),
        ("kernel_size_3d: [2, 2]", "once per spatial dimension"),
        ("kernel_size: 2 pool: STOCHASTIC", "are for two axes"),
        ("kernel_size: 2 pad_l: 1", "are for two axes"),
        ("kernel_size: 9", "the kernel does not fit"),
        ("kernel_size: 1 stride: 3", "the last windows lie beside"),
        ("global_pooling: true kernel_size_3d: 2", "Filter size cannot specified"),
        ("", "both kernel_h and kernel_w are required"),
    ],
)
def test_settings_that_do_not_fit(options, words):
    with pytest.raises(LayerError, match=words):
        pooling(options, np.zeros((1, 2, 3, 3, 3)))


def test_there_is_no_mask():
    with pytest.raises(LayerError, match="are for two axes"):
        run_layer(
            'type: "Pooling" pooling_param { kernel_size: 2 }', np.zeros((1, 1, 3, 3, 3)), num_top=2
        )


def test_a_new_size_is_pooled_anew(rng):
    run = pooling("kernel_size: 2 stride: 2", rng.normal(size=(1, 2, 4, 4, 4)))
    run.bottom[0].reshape((1, 2, 2, 6, 4))
    run.bottom[0].data[...] = x = rng.normal(size=(1, 2, 2, 6, 4))
    run.layer.forward(run.bottom, run.top)
    expected = x.reshape(1, 2, 1, 2, 3, 2, 2, 2).max(axis=(3, 5, 7))
    np.testing.assert_array_equal(run.top[0].data, expected)
    assert isinstance(run.layer._by_axes, PoolingByAxes)
