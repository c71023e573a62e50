import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

CASES = [  # for a bottom of shape (2, 3, 4, 5)
    ([120], "", (120,)),
    ([-1], "", (120,)),
    ([0, 0, 0, 0], "", (2, 3, 4, 5)),
    ([0, 0, -1], "", (2, 3, 20)),
    ([0, -1, 0, 3], "", (2, 5, 4, 3)),
    ([5, 4, 3, 2], "", (5, 4, 3, 2)),
    ([2, 6, -1, 1, 1], "", (2, 6, 10, 1, 1)),
    ([12, 5], "axis: 1", (2, 12, 5)),
    ([4, 3], "axis: 1 num_axes: 2", (2, 4, 3, 5)),
    ([0, 2, -1], "axis: 1 num_axes: 2", (2, 3, 2, 2, 5)),
    ([0, 0, -1], "axis: 1 num_axes: 2", (2, 3, 4, 1, 5)),
    ([-1], "axis: 1 num_axes: 2", (2, 12, 5)),
    ([], "axis: 1 num_axes: 0", (2, 3, 4, 5)),
    ([1], "axis: 0 num_axes: 0", (1, 2, 3, 4, 5)),
    ([1, 1], "axis: -1", (2, 3, 4, 5, 1, 1)),
    ([1], "axis: -1 num_axes: 0", (2, 3, 4, 5, 1)),
    ([-1], "axis: -2", (2, 3, 4, 5)),
    ([-1], "axis: -3", (2, 3, 20)),
    ([-1], "axis: -5 num_axes: 2", (6, 4, 5)),
    ([-1], "axis: 4", (2, 3, 4, 5, 1)),
]


def reshape(dims, options, x, **more):
    shape = "shape { " + " ".join(f"dim: {dim}" for dim in dims) + " }"
    return run_layer(f'name: "r" type: "Reshape" reshape_param {{ {shape} {options} }}', x, **more)


@pytest.mark.parametrize(("dims", "options", "shape"), CASES)
def test_the_same_values_in_the_same_memory(dims, options, shape, rng):
    x = rng.normal(size=(2, 3, 4, 5))
    run = reshape(dims, options, x)
    assert run.top[0].shape == shape
    np.testing.assert_array_equal(run.top[0].data.ravel(), x.ravel())
    assert np.shares_memory(run.top[0].data, run.bottom[0].data)
    assert np.shares_memory(run.top[0].diff, run.bottom[0].diff)


def test_the_default_shape_is_that_of_a_single_number():
    run = run_layer('type: "Reshape"', [[7.0]])
    assert run.top[0].shape == ()
    assert run.top[0].data == 7


def test_it_follows_the_bottom_into_new_memory(rng):
    run = reshape([0, -1], "", rng.normal(size=(2, 3, 4)))
    for batch in (20, 1, 30):
        run.bottom[0].reshape(batch, 3, 4)
        run.bottom[0].data[...] = rng.normal(size=(batch, 3, 4))
        run.forward()
        assert run.top[0].shape == (batch, 12)
        np.testing.assert_array_equal(run.top[0].data.ravel(), run.bottom[0].data.ravel())


@pytest.mark.parametrize(
    ("dims", "options", "shape"),
    [
        ([0, -1], "", (0, 12)),
        ([-1, 12], "", (0, 12)),
        ([-1, 4], "", (0, 4)),
        ([0, 2, -1], "", (0, 2, 6)),
        ([-1], "axis: 1", (0, 12)),
        ([6, -1], "axis: 1", (0, 6, 2)),
        ([0, 1, -1], "axis: 0 num_axes: 1", (0, 1, 1, 3, 4)),
        ([-1], "", (0,)),
        ([0, 12], "", (0, 12)),
    ],
)
def test_an_empty_batch_keeps_the_size_of_its_items(dims, options, shape):
    run = reshape(dims, options, np.empty((0, 3, 4)))
    assert run.top[0].shape == shape
    run.backward()


def test_an_empty_batch_whose_items_do_not_come_out_right_is_refused():
    with pytest.raises(LayerError, match=r"bottom count \(12\) must be divisible.*\(5\)"):
        reshape([0, 5, -1], "", np.empty((0, 3, 4)))


@pytest.mark.parametrize(
    ("dims", "options", "message"),
    [
        ([-1, 2, -1], "", r"new shape contains multiple -1 dims; at most a single \(1\) value"),
        ([2, -2], "", r"a dim of the new shape is negative"),
        ([120], "axis: 5", r"axis 5 out of range for 4-D input blob"),
        ([120], "axis: -6", r"axis -6 out of range for 4-D input blob"),
        ([120], "num_axes: -2", r"num_axes must be >= 0, or -1 for all"),
        ([120], "axis: 2 num_axes: 3", r"end_axis = axis \+ num_axes is out of range"),
        ([1, 0], "axis: 3", r"new shape contains a 0, but there was no corresponding bottom axis"),
        ([0], "axis: -1", r"new shape contains a 0, but there was no corresponding bottom axis"),
        ([7, -1], "", r"bottom count \(120\) must be divisible by the product.*\(7\)"),
        ([0, -1, 0, 10], "", r"bottom count \(120\) must be divisible by the product.*\(80\)"),
        ([2, 3], "", r"output count must match input count\n.*120 values.*\n.*6 in shape \(2, 3\)"),
        ([240], "", r"output count must match input count"),
    ],
)
def test_a_shape_that_does_not_come_out_right_is_refused(dims, options, message, rng):
    with pytest.raises(LayerError, match=rf'Reshape layer "r": {message}'):
        reshape(dims, options, rng.normal(size=(2, 3, 4, 5)))


def test_it_cannot_work_in_place(rng):
    with pytest.raises(LayerError, match=r'"r": Reshape Layer does not allow in-place'):
        reshape([-1], "", rng.normal(size=(2, 3)), in_place=True)


# --- of Intel -------------------------------------------------------------------------------------


def test_a_pixel_shuffle_makes_images_of_channels(rng):
    x = rng.normal(size=(2, 18, 2, 4))
    run = run_layer('type: "Reshape" reshape_param { pixelshuffler: 3 }', x)
    assert run.top[0].shape == (2, 2, 6, 12)
    run.top[0].diff[...] = run.top[0].data
    run.backward()
    for n, c, h, w in np.ndindex(2, 18, 2, 4):
        at = n, c // 9, h * 3 + c // 3 % 3, w * 3 + c % 3
        assert run.top[0].data[at] == x[n, c, h, w]
    np.testing.assert_array_equal(run.bottom[0].diff, x)


@pytest.mark.parametrize(
    ("r", "shape", "words"),
    [(0, (1, 4, 2, 2), "at least 1"), (2, (1, 6, 2, 2), "illegal"), (2, (4, 2, 2), "illegal")],
)
def test_channels_that_are_no_pixels(r, shape, words):
    with pytest.raises(LayerError, match=words):
        run_layer(f'type: "Reshape" reshape_param {{ pixelshuffler: {r} }}', np.zeros(shape))
