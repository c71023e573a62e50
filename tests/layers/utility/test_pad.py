import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

MODES = {"CONSTANT": "constant", "REPLICATE": "edge", "REFLECT": "reflect"}


def pad(x, options):
    return run_layer(f'name: "pad" type: "Pad" pad_param {{ {options} }}', x)


@pytest.mark.parametrize("kind", MODES)
@pytest.mark.parametrize(("u", "d", "l", "r"), [(0, 0, 0, 0), (1, 2, 3, 0), (0, 3, 1, 4)])
def test_it_is_numpys_pad(kind, u, d, l, r, rng):  # noqa: E741
    x = rng.normal(size=(2, 3, 4, 5))
    run = pad(x, f"pad_type: {kind} pad_u: {u} pad_d: {d} pad_l: {l} pad_r: {r}")
    expected = np.pad(x, ((0, 0), (0, 0), (u, d), (l, r)), mode=MODES[kind])
    np.testing.assert_array_equal(run.top[0].data, expected)


@pytest.mark.parametrize("kind", MODES)
def test_each_gradient_comes_from_where_its_value_went(kind, rng):
    x = np.arange(1.0, 13).reshape(1, 1, 3, 4)
    run = pad(x, f"pad_type: {kind} pad_u: 2 pad_d: 1 pad_l: 1 pad_r: 2")
    run.top[0].diff[...] = dy = rng.normal(size=run.top[0].shape)
    run.backward()
    sums = [dy[run.top[0].data == value].sum() for value in x.ravel()]
    np.testing.assert_allclose(run.bottom[0].diff.ravel(), sums)


@pytest.mark.parametrize("kind", MODES)
def test_negative_pads_take_away(kind, rng):
    x = rng.normal(size=(2, 6, 7))
    run = pad(x, f"pad_type: {kind} pad_u: -1 pad_d: -2 pad_l: -3 pad_r: -1")
    np.testing.assert_array_equal(run.top[0].data, x[:, 1:4, 3:6])


def test_a_value_of_its_own():
    run = pad(np.zeros((2, 2)), "pad_u: 1 pad_r: -1 pad_value: 3")
    np.testing.assert_array_equal(run.top[0].data, [[3], [0], [0]])


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (3, 4), (4,)])
def test_paddings_of_all_axes(shape, rng):
    x = rng.normal(size=shape)
    pads = [(2, 1), (0, 3), (1, 0), (4, 2)][: len(shape)]
    listed = ", ".join(f"{before}, {behind}" for before, behind in pads)
    run = pad(x, f"paddings: [{listed}] constant_values: -1.5")
    expected = np.pad(x, pads, constant_values=-1.5)
    np.testing.assert_array_equal(run.top[0].data, expected)
    run.top[0].diff[...] = dy = rng.normal(size=expected.shape)
    run.backward()
    there = tuple(slice(pad[0], pad[0] + size) for pad, size in zip(pads, shape, strict=True))
    np.testing.assert_array_equal(run.bottom[0].diff, dy[there])


@pytest.mark.parametrize(
    ("shape", "options", "words"),
    [
        ((2, 3), "paddings: [1, 1]", "two for each axis"),
        ((2, 3), "paddings: [1, 1, 0, 0] pad_u: 1", "in two ways"),
        ((2, 3), "constant_values: 1 pad_value: 1", "in two ways"),
        ((4,), "", "two axes at least"),
        ((2, 3), "pad_l: -2 pad_r: -2", "more is taken away"),
        ((2, 3), "pad_type: REFLECT pad_u: 2", "not enough pixels"),
        ((0, 3), "pad_type: REPLICATE pad_u: 2", "no pixels to replicate"),
    ],
)
def test_pads_that_do_not_fit(shape, options, words):
    with pytest.raises(LayerError, match=words):
        pad(np.zeros(shape), options)
