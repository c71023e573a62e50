"""Against plain loops over timesteps and pixels, as conv_lstm_layer.cpp unrolls them."""

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

T, N, C, D, H, W = 3, 2, 3, 2, 4, 5
CONV = 'num_output: 2 kernel_size: 3 pad: 1 weight_filler { type: "xavier" }'


@pytest.fixture
def x(rng):
    return rng.normal(size=(T, N, C, H, W))


@pytest.fixture
def cont():
    return np.array([[0, 1], [1, 0], [1, 1]])


def made(options, *bottoms, rng, **more):
    """The layer, with weights that all differ."""
    text = f'name: "it" type: "ConvLSTM" {options}'
    run = run_layer(text, *bottoms, **more)
    for blob in run.layer.blobs_:
        blob.data[...] = rng.normal(scale=0.5, size=blob.shape)
    run.forward()
    return run


def convolved(image, weight, dilation=1):
    """One image, pixel by pixel; what is outside of it is 0."""
    outputs, channels, height, width = weight.shape
    y = np.zeros((outputs, *image.shape[1:]))
    reach = [dilation * (size - 1) // 2 for size in (height, width)]
    for o, c, k, m, i, j in np.ndindex(outputs, channels, height, width, *image.shape[1:]):
        row, column = i + dilation * k - reach[0], j + dilation * m - reach[1]
        if 0 <= row < image.shape[1] and 0 <= column < image.shape[2]:
            y[o, i, j] += weight[o, c, k, m] * image[c, row, column]
    return y


def sigmoid(values):
    return 1 / (1 + np.exp(-values))


def unrolled(x, cont, weights, peepholes, h, c, dilation=1):
    """The states of one stream after each timestep."""
    of_x, of_h, bias = weights
    for image, goes_on in zip(x, cont, strict=True):
        sums = convolved(h * goes_on, of_h, dilation) + bias[:, None, None]
        if of_x is not None:
            sums += convolved(image, of_x, dilation)
        gates = sums.reshape(4, D, H, W)
        for gate, factor in zip(gates, peepholes, strict=False):
            gate += factor * c
        i, f, o = sigmoid(gates[:3])
        c = goes_on * f * c + i * np.tanh(gates[3])
        h = o * np.tanh(c)
        yield h, c


@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("axes", [(3, 2), (2, 3), (2, 1)])
def test_states_of_every_timestep(dilation, axes, x, cont, rng):
    pad = f"lstm_conv_param {{ num_output: 2 kernel_size: 3 pad: {dilation} dilation: {dilation} }}"
    debug = f"lstm_debug_param {{ axis_hadamard: {axes[0]} num_axes_hadamard: {axes[1]} }}"
    run = made(f"{pad} {debug}", x, cont, rng=rng)
    of_x, *_, of_h, bias, i, f, o = [blob.data for blob in run.layer.blobs_[:8]]
    assert [blob.shape for blob in run.layer.blobs_] == [
        (8, C, 3, 3), (1,), (1,), (8, D, 3, 3), (8,), *[(1, N, D, H, W)[axes[0] : sum(axes)]] * 3,
        (1,), (1,),
    ]  # fmt: skip
    behind = (1,) * (5 - sum(axes))
    peepholes = [factor.reshape(factor.shape + behind) for factor in (i, f, o)]
    for n in range(N):
        zero = np.zeros((D, H, W))
        states = unrolled(x[:, n], cont[:, n], (of_x, of_h, bias), peepholes, zero, zero, dilation)
        for t, (h, _) in enumerate(states):
            np.testing.assert_allclose(run.top[0].data[t, n], h, atol=1e-12)


def test_exposed_states_are_the_first_and_the_last(x, cont, rng):
    first = rng.normal(size=(2, 1, N, D, H, W))
    options = f"lstm_conv_param {{ {CONV} }} recurrent_param {{ expose_hidden: true }}"
    run = made(options, x, np.ones((T, N)), *first, rng=rng)
    of_x, *_, of_h, bias, i, f, o = [blob.data for blob in run.layer.blobs_[:8]]
    for n in range(N):
        states = unrolled(x[:, n], [1] * T, (of_x, of_h, bias), (i, f, o), *first[:, 0, n])
        h, c = list(states)[-1]
        np.testing.assert_allclose(run.top[1].data[0, n], h, atol=1e-12)
        np.testing.assert_allclose(run.top[2].data[0, n], c, atol=1e-12)


def test_two_halves_with_exposed_states_are_the_whole(x, rng):
    """Values and gradients go through states that are exposed."""
    options = f"lstm_conv_param {{ {CONV} }} recurrent_param {{ expose_hidden: true }}"
    zero, cont = np.zeros((1, N, D, H, W)), np.ones((T, N))
    whole = made(options, x, cont, zero, zero, rng=rng)
    dy = whole.top[0].diff[...] = rng.normal(size=whole.top[0].shape)
    whole.backward([True, False, True, True])

    def half(part, *states):
        run = run_layer(f'name: "it" type: "ConvLSTM" {options}', x[part], cont[part], *states)
        for own, blob in zip(run.layer.blobs_, whole.layer.blobs_, strict=True):
            own.data[...] = blob.data
        run.forward()
        run.top[0].diff[...] = dy[part]
        return run

    early = half(slice(0, 2), zero, zero)
    late = half(slice(2, 3), early.top[1].data, early.top[2].data)
    late.backward([True, False, True, True])
    for top, bottom in zip(early.top[1:], late.bottom[2:], strict=True):
        top.diff[...] = bottom.diff
    early.backward([True, False, True, True])
    np.testing.assert_allclose(late.top[0].data[0], whole.top[0].data[2], atol=1e-12)
    dx = np.concatenate([early.bottom[0].diff, late.bottom[0].diff])
    np.testing.assert_allclose(dx, whole.bottom[0].diff, atol=1e-12)
    for one, other, both in zip(
        early.layer.blobs_, late.layer.blobs_, whole.layer.blobs_, strict=True
    ):
        np.testing.assert_allclose(one.diff + other.diff, both.diff, atol=1e-11)


def test_states_do_not_carry_over(x, rng):
    run = made(f"lstm_conv_param {{ {CONV} }}", x, np.ones((T, N)), rng=rng)
    before = run.top[0].data.copy()
    run.forward()
    np.testing.assert_array_equal(run.top[0].data, before)


def test_two_convolutions_and_none_of_x(x, cont, rng):
    both = f'lstm_conv_param {{ {CONV} type: "hidden" }}'
    both += 'lstm_conv_param { num_output: 2 kernel_size: 1 type: "input" }'
    run = made(both, x, cont, rng=rng)
    assert [blob.shape for blob in run.layer.blobs_[:4:3]] == [(8, C, 1, 1), (8, D, 3, 3)]
    run = made(f"{both} lstm_debug_param {{ ignore_x: true }}", x, cont, rng=rng)
    _, _, of_h, bias, *peepholes = [blob.data for blob in run.layer.blobs_[:7]]
    zero = np.zeros((D, H, W))
    states = unrolled(x[:, 0], cont[:, 0], (None, of_h, bias), peepholes, zero, zero)
    np.testing.assert_allclose(run.top[0].data[:, 0], [h for h, _ in states], atol=1e-12)


def test_peepholes_begin_at_1(x, cont):
    run = run_layer(f'type: "ConvLSTM" lstm_conv_param {{ {CONV} }}', x, cont)
    assert all((blob.data == 1).all() for blob in run.layer.blobs_[5:8])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "how to convolve is not said"),
        ('lstm_conv_param { num_output: 2 kernel_size: 1 type: "hidden" }', "how to convolve"),
        ("lstm_conv_param { kernel_size: 1 }", "num_output must be positive"),
        ("lstm_conv_param { num_output: 2 kernel_size: 3 }", "as large as they are"),
        ("lstm_conv_param { num_output: 2 kernel_size: 1 group: 2 }", "group must divide"),
        ("lstm_conv_param { num_output: 2 kernel_size: 1 bias_term: false }", "must have a bias"),
        (f"lstm_conv_param {{ {CONV} }} recurrent_param {{ debug_info: true }}", "debug_info"),
        (f"lstm_conv_param {{ {CONV} }} lstm_debug_param {{ axis_hadamard: 4 }}", "no such axes"),
    ],
)
def test_what_cannot_be_convolved(options, message, x, cont):
    with pytest.raises(LayerError, match=message):
        run_layer(f'name: "it" type: "ConvLSTM" {options}', x, cont)


def test_other_shapes_are_refused(x, cont):
    options = f'name: "it" type: "ConvLSTM" lstm_conv_param {{ {CONV} }}'
    with pytest.raises(LayerError, match="x must be maps of timesteps"):
        run_layer(options, x[:, :, 0], cont)
    with pytest.raises(LayerError, match=r"bottom\[1\] does not fit x"):
        run_layer(options, x, cont[:2])
    run = run_layer(options, x, cont)
    run.bottom[0].reshape((T, N, C, W, H))
    with pytest.raises(LayerError, match="cannot change"):
        run.forward()
