import json

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.ops.fixed_point import overflow_position, round_to_fixed
from blobnet.testing import run_layer

CONV = "num_output: 2 kernel_size: 2"
EPS = 1e-3


def make(fixed="bit_width: 4", conv="bias_term: false", **named):
    x = np.random.default_rng(1).normal(size=(3, 2, 4, 5))
    text = f"convolution_param {{ {CONV} {conv} }} batch_norm_param {{ eps: {EPS} }}"
    run = run_layer(f'type: "ConvolutionBNFixed" {text} fixed_param {{ {fixed} }}', x, **named)
    rng = np.random.default_rng(2)
    for blob in run.layer.blobs_[:3]:
        blob.data[...] = rng.normal(size=blob.shape)
    run.layer.blobs_[3].data[...] = [0.3, -0.2]
    run.layer.blobs_[4].data[...] = [0.5, 2]
    run.forward()
    return run


def convolved(x, weight, bias):
    y = np.zeros((3, 2, 3, 4))
    for n, o, i, j in np.ndindex(y.shape):
        y[n, o, i, j] = (x[n, :, i : i + 2, j : j + 2] * weight[o]).sum() + bias[o]
    return y


def rounded(values):
    return round_to_fixed(values, 4, overflow_position(values, 4), np.empty_like(values))


def expected(run, mean, variance):
    weight, scale, shift = (blob.data for blob in run.layer.blobs_[:3])
    factor = scale / np.sqrt(variance + EPS)
    fused, bias = weight * factor[:, None, None, None], shift - mean * factor
    return convolved(run.bottom[0].data, rounded(fused), rounded(bias))


def test_in_training_by_the_statistics_of_the_batch():
    run = make()
    y = convolved(run.bottom[0].data, run.layer.blobs_[0].data, np.zeros(2))
    mean, variance = y.mean(axis=(0, 2, 3)), y.var(axis=(0, 2, 3))
    np.testing.assert_allclose(run.top[0].data, expected(run, mean, variance), rtol=1e-9)


def test_in_test_by_those_that_are_stored():
    run = make(phase="TEST")
    mean, variance = (blob.data for blob in run.layer.blobs_[3:5])
    np.testing.assert_allclose(run.top[0].data, expected(run, mean, variance), rtol=1e-6)


def test_statistics_move_in_training_alone():
    run = make()
    before = [blob.data.copy() for blob in run.layer.blobs_]
    run.bottom[0].data[...] += np.random.default_rng(3).normal(size=run.bottom[0].shape)
    run.forward()
    moved = [
        not np.array_equal(blob.data, old)
        for blob, old in zip(run.layer.blobs_, before, strict=True)
    ]
    assert moved == [False, False, False, True, True, False]
    run = make(phase="TEST")
    before = [blob.data.copy() for blob in run.layer.blobs_]
    run.forward()
    for blob, old in zip(run.layer.blobs_, before, strict=True):
        np.testing.assert_array_equal(blob.data, old)


def test_statistics_are_not_learned():
    specs = make().layer.layer_param_.param
    assert [spec.lr_mult for spec in specs] == [1, 1, 1, 0, 0, 0]


def test_a_resumed_layer_goes_on_with_its_averages():
    run, other = make(), make()
    run.forward()
    state = json.loads(json.dumps(run.layer.get_state()))
    for blob, source in zip(other.layer.blobs_, run.layer.blobs_, strict=True):
        blob.data[...] = source.data
    other.layer.set_state(state)
    for each in (run, other):
        each.forward()
    np.testing.assert_array_equal(other.layer.blobs_[3].data, run.layer.blobs_[3].data)
    with pytest.raises(LayerError, match="of another kind"):
        other.layer.set_state({**state, "norm": 3})


def test_a_bias_is_refused():
    with pytest.raises(LayerError, match="the convolution has no bias"):
        make(conv="")


def test_channels_are_on_axis_1():
    with pytest.raises(LayerError, match=r"on axis 1\n.*axis -1"):
        make(conv="bias_term: false axis: -1")


def test_what_other_forks_add_to_batch_norm_is_refused():
    text = "convolution_param { num_output: 2 kernel_size: 1 bias_term: false }"
    norm = "batch_norm_param { disable_mean: true scale_bias: false }"
    words = "cannot do what only others can\n.*\n.*scale_bias"
    with pytest.raises(LayerError, match=words):
        run_layer(f'type: "ConvolutionBNFixed" {text} {norm}', np.zeros((1, 2, 3, 3)))
