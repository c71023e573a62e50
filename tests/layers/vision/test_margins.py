"""Synopsys' padding, which may differ from side to side: Convolution and Pooling."""

import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

SIDES = [(1, 0, 2, 0), (0, 3, 0, 1), (2, 1, 0, 2), (1, 1, 1, 1), (0, 0, 0, 2)]
"""Top, bottom, left, right."""


def stated(sides):
    return " ".join(f"pad_{name}: {n}" for name, n in zip("tblr", sides, strict=True) if n)


def same(length, kernel, stride):
    """TensorFlow's padding for as many places as length / stride, rounded up."""
    over = length % stride or stride
    missing = max(kernel - over, 0)
    return missing // 2, missing - missing // 2


def convolved(x, weight, sides, stride):
    top, bottom, left, right = sides
    kernel = weight.shape[2:]
    rows = (x.shape[2] + top + bottom - kernel[0]) // stride + 1
    columns = (x.shape[3] + left + right - kernel[1]) // stride + 1
    y = np.zeros((len(x), len(weight), rows, columns))
    for n, o, i, j in np.ndindex(y.shape):
        for c, a, b in np.ndindex(weight.shape[1:]):
            h, w = i * stride + a - top, j * stride + b - left
            if 0 <= h < x.shape[2] and 0 <= w < x.shape[3]:
                y[n, o, i, j] += x[n, c, h, w] * weight[o, c, a, b]
    return y


@pytest.mark.parametrize("sides", SIDES)
@pytest.mark.parametrize("stride", [1, 2])
def test_zeros_at_each_side(sides, stride, rng):
    x = rng.normal(size=(2, 3, 6, 5))
    run = run_layer(
        f"""name: "c" type: "Convolution" convolution_param {{ num_output: 2 kernel_size: 3
        bias_term: false stride: {stride} {stated(sides)} weight_filler {{ type: "xavier" }} }}""",
        x,
    )
    weight = run.layer.blobs_[0].data
    expected = convolved(x, weight, sides, stride)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("size", [(6, 5), (7, 8), (4, 9)])
@pytest.mark.parametrize(("kernel", "stride"), [(3, 2), (2, 2), (4, 3), (5, 1), (1, 2)])
def test_same(size, kernel, stride, rng):
    x = rng.normal(size=(1, 2, *size))
    run = run_layer(
        f"""name: "c" type: "Convolution" convolution_param {{ num_output: 2 bias_term: false
        kernel_size: {kernel} stride: {stride} pad_type: 1 weight_filler {{ type: "xavier" }} }}""",
        x,
    )
    sides = (*same(size[0], kernel, stride), *same(size[1], kernel, stride))
    assert run.top[0].shape[2:] == tuple(math.ceil(length / stride) for length in size)
    expected = convolved(x, run.layer.blobs_[0].data, sides, stride)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", ["Convolution", "Pooling"])
@pytest.mark.parametrize("pad", ["pad: 0", "pad_h: 0 pad_w: 0", "pad: 1", "pad_h: 1 pad_w: 2"])
def test_padding_beside_it_means_nothing(kind, pad, rng):
    x = rng.normal(size=(1, 2, 6, 5))
    more = 'num_output: 2 weight_filler { type: "constant" value: 1 }'
    name, more = ("convolution", more) if kind == "Convolution" else ("pooling", "pool: AVE")
    text = f'name: "c" type: "{kind}" {name}_param {{ kernel_size: 3 stride: 2 pad_type: 1 {more}'
    plain, ours = (run_layer(f"{text} {padding} }}", x) for padding in ("", pad))
    assert ours.top[0].shape == (1, 2, 3, 3)
    np.testing.assert_array_equal(ours.top[0].data, plain.top[0].data)


def pooled(x, method, kernel, stride, sides, places):
    """Window by window, as pooling_layer.cpp of Synopsys."""
    top, bottom, left, right = sides
    height, width = x.shape[2:]
    y = np.zeros((*x.shape[:2], *places))
    for n, c, i, j in np.ndindex(y.shape):
        rows = i * stride - top, min(i * stride - top + kernel, height + bottom)
        columns = j * stride - left, min(j * stride - left + kernel, width + right)
        window = x[n, c, max(rows[0], 0) : rows[1], max(columns[0], 0) : columns[1]]
        if method == "MAX":
            y[n, c, i, j] = window.max()
        elif method == "AVE":
            y[n, c, i, j] = window.sum() / ((rows[1] - rows[0]) * (columns[1] - columns[0]))
        else:
            y[n, c, i, j] = window.mean()
    return y


def places_of(length, front, end, kernel, stride):
    count = math.ceil((length + front + end - kernel) / stride) + 1
    return count - ((count - 1) * stride >= length + front)


@pytest.mark.parametrize("method", ["MAX", "AVE", "AVE_EXC_PAD", "AVE_TF"])
@pytest.mark.parametrize("sides", SIDES)
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_pooling_with_padding_at_each_side(method, sides, stride, rng):
    x = rng.normal(size=(2, 2, 7, 6))
    run = run_layer(
        f"""name: "p" type: "Pooling" pooling_param {{ pool: {method} kernel_size: 3
        stride: {stride} {stated(sides)} }}""",
        x,
    )
    top, bottom, left, right = sides
    places = places_of(7, top, bottom, 3, stride), places_of(6, left, right, 3, stride)
    assert run.top[0].shape[2:] == places
    expected = pooled(x, method, 3, stride, sides, places)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("method", ["MAX", "AVE", "AVE_TF"])
@pytest.mark.parametrize("size", [(6, 5), (7, 8)])
@pytest.mark.parametrize(("kernel", "stride"), [(3, 2), (2, 2), (4, 3), (3, 1)])
def test_pooling_same(method, size, kernel, stride, rng):
    x = rng.normal(size=(1, 2, *size))
    run = run_layer(
        f"""name: "p" type: "Pooling" pooling_param {{ pool: {method} kernel_size: {kernel}
        stride: {stride} pad_type: 1 }}""",
        x,
    )
    sides = (*same(size[0], kernel, stride), *same(size[1], kernel, stride))
    places = tuple(math.ceil(length / stride) for length in size)
    expected = pooled(x, method, kernel, stride, sides, places)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-9, atol=1e-12)


def test_an_average_without_padding_is_intels(rng):
    x = rng.normal(size=(1, 2, 6, 5))
    window = "kernel_size: 3 stride: 2 pad: 1"
    ours, intels = (
        run_layer(f'name: "p" type: "Pooling" pooling_param {{ {text} {window} }}', x).top[0].data
        for text in ("pool: AVE_EXC_PAD", "pool: AVE avg_include_pad: false")
    )
    np.testing.assert_array_equal(ours, intels)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("pad_l: 1 pad: 1", "the padding is stated in several ways"),
        ("pad_type: 1 pad_r: 1", "the padding is stated in several ways"),
        ("pad_type: 2", "Unknown padding type"),
    ],
)
@pytest.mark.parametrize("kind", ["Convolution", "Pooling"])
def test_padding_that_contradicts_itself(kind, options, message):
    more, name = ("num_output: 2", "convolution") if kind == "Convolution" else ("", "pooling")
    text = f'name: "c" type: "{kind}" {name}_param {{ kernel_size: 3 {more} {options} }}'
    with pytest.raises(LayerError, match=message):
        run_layer(text, np.ones((1, 2, 6, 6)))


@pytest.mark.parametrize(
    ("text", "shape", "message"),
    [
        ('type: "Deconvolution" convolution_param { num_output: 1', (1, 1, 5, 5), "two axes"),
        ('type: "Im2col" convolution_param {', (1, 1, 5, 5), "two axes"),
        ('type: "Convolution" convolution_param { num_output: 1', (1, 1, 5, 5, 5), "two axes"),
        ('type: "Pooling" pooling_param { pool: STOCHASTIC', (1, 1, 5, 5), "average and max"),
    ],
)
def test_where_it_has_no_meaning(text, shape, message):
    with pytest.raises(LayerError, match=message):
        run_layer(f'name: "c" {text} kernel_size: 2 pad_l: 1 }}', np.ones(shape))


def test_negative_padding():
    text = 'name: "c" type: "Convolution" convolution_param { num_output: 1 kernel_size: 2'
    with pytest.raises(LayerError, match="padding must not be negative"):
        run_layer(f"{text} pad_l: -1 }}", np.ones((1, 1, 5, 5)))


def test_a_mask_needs_even_padding():
    with pytest.raises(LayerError, match="has no mask"):
        run_layer(
            'name: "p" type: "Pooling" pooling_param { kernel_size: 2 pad_l: 1 }',
            np.ones((1, 1, 5, 5)),
            num_top=2,
        )
