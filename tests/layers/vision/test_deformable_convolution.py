import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def deformable(x, offsets, options, **more):
    text = (
        'name: "it" type: "DeformableConvolution" deformable_convolution_param { '
        f'num_output: 4 weight_filler {{ type: "gaussian" }} {options} }}'
    )
    return run_layer(text, x, offsets, **more)


def seen(plane, row, column):
    """What a tap sees: 0 outside, beyond the last pixel the last one, else a mixture."""
    height, width = plane.shape
    if not (0 <= row < height and 0 <= column < width):
        return 0.0
    row, column = min(row, height - 1), min(column, width - 1)
    top, left = math.floor(row), math.floor(column)
    total = 0.0
    for i in (top, top + 1):
        for j in (left, left + 1):
            if i < height and j < width:
                total += (1 - abs(row - i)) * (1 - abs(column - j)) * plane[i, j]
    return total


def oracle(run, kernel, *, stride=1, pad=0, dilation=1, group=1, deformable_group=1):
    """The output, tap by tap."""
    x, offsets = (blob.data for blob in run.bottom)
    weight, *bias = (blob.data for blob in run.layer.blobs_)
    y = np.zeros(run.top[0].shape)
    per_group, per_offset = x.shape[1] // group, x.shape[1] // deformable_group
    for n, m, h, w in np.ndindex(*y.shape):
        if bias:
            y[n, m, h, w] = bias[0][m]
        for c, i, j in np.ndindex(*weight.shape[1:]):
            channel = m // (len(weight) // group) * per_group + c
            first = 2 * (channel // per_offset * kernel**2 + i * kernel + j)
            row = h * stride - pad + i * dilation + offsets[n, first, h, w]
            column = w * stride - pad + j * dilation + offsets[n, first + 1, h, w]
            y[n, m, h, w] += weight[m, c, i, j] * seen(x[n, channel], row, column)
    return y


@pytest.mark.parametrize(
    ("options", "settings", "shape"),
    [
        ("kernel_size: 3", {"kernel": 3}, (18, 3, 4)),
        (
            "kernel_size: 2 stride: 2 pad: 1 group: 2 deformable_group: 4 bias_term: false",
            {"kernel": 2, "stride": 2, "pad": 1, "group": 2, "deformable_group": 4},
            (32, 3, 4),
        ),
        (
            "kernel_size: 3 dilation: 2 pad: 2 deformable_group: 2",
            {"kernel": 3, "dilation": 2, "pad": 2, "deformable_group": 2},
            (36, 5, 6),
        ),
    ],
)
def test_each_tap_reads_where_its_offset_says(options, settings, shape, rng):
    x, offsets = rng.normal(size=(2, 4, 5, 6)), rng.normal(size=(2, *shape)) * 2
    run = deformable(x, offsets, options)
    np.testing.assert_allclose(run.top[0].data, oracle(run, **settings), atol=1e-12)


@pytest.mark.parametrize("options", ["", "group: 2 pad: 1 stride: 2", "dilation: 2 pad: 2"])
def test_without_offsets_it_is_a_convolution(options, rng):
    x = rng.normal(size=(2, 4, 7, 7)).astype(np.float32)
    plain = run_layer(
        f'type: "Convolution" convolution_param {{ num_output: 4 kernel_size: 3 {options} }}',
        x,
        dtype=np.float32,
    )
    offsets = np.zeros((2, 18, *plain.top[0].shape[2:]))
    moved = deformable(x, offsets, f"kernel_size: 3 {options}", dtype=np.float32)
    weight = rng.normal(size=moved.layer.blobs_[0].shape)
    dy = rng.normal(size=plain.top[0].shape)
    for run in (plain, moved):
        run.layer.blobs_[0].data[...] = weight
        run.forward()
        run.top[0].diff[...] = dy
        run.backward()
    np.testing.assert_allclose(moved.top[0].data, plain.top[0].data, atol=1e-4)
    np.testing.assert_allclose(moved.bottom[0].diff, plain.bottom[0].diff, atol=1e-4)
    for blob, expected in zip(moved.layer.blobs_, plain.layer.blobs_, strict=True):
        np.testing.assert_allclose(blob.diff, expected.diff, atol=1e-3)


def test_all_items_of_a_batch_have_gradients(rng):
    x, offsets = rng.normal(size=(2, 4, 5, 5)), rng.normal(size=(2, 18, 3, 3))
    both = deformable(x, offsets, "kernel_size: 3")
    both.top[0].diff[...] = rng.normal(size=both.top[0].shape)
    both.backward()
    total = 0
    for n in range(2):
        one = deformable(x[n : n + 1], offsets[n : n + 1], "kernel_size: 3")
        one.layer.blobs_[0].data[...] = both.layer.blobs_[0].data
        one.top[0].diff[...] = both.top[0].diff[n]
        one.backward()
        total = total + one.layer.blobs_[0].diff
        for index in range(2):
            np.testing.assert_allclose(both.bottom[index].diff[n], one.bottom[index].diff[0])
    np.testing.assert_allclose(both.layer.blobs_[0].diff, total)


@pytest.mark.parametrize(
    ("options", "shape", "message"),
    [
        ("kernel_size: 3", (2, 17, 3, 3), "the offsets do not fit"),
        ("kernel_size: 3 deformable_group: 2", (2, 18, 3, 3), "the offsets do not fit"),
        ("kernel_size: 3 deformable_group: 3", (2, 54, 3, 3), "the offsets do not fit"),
        ("kernel_size: 3", (2, 18, 5, 5), "as large as the output"),
        ("kernel_size: 3", (1, 18, 3, 3), "as large as the output"),
        ("kernel_size: 7", (2, 98, 3, 3), "kernel does not fit"),
        ("kernel_size: 3 group: 3", (2, 18, 3, 3), "multiples of group"),
        ("kernel_size: 3 axis: 2", (2, 18, 3, 3), "must have 4 axes"),
    ],
)
def test_what_does_not_fit_is_refused(options, shape, message):
    with pytest.raises(LayerError, match=f'"it": .*{message}'):
        deformable(np.zeros((2, 4, 5, 5)), np.zeros(shape), options)
