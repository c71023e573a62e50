import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet import LayerError
from blobnet.testing import LayerRun, check_gradients, run_layer

GAUSSIAN = 'filler { type: "gaussian" std: 1 }'
SHAPE = (2, 3, 4, 5)


def bias(options: str, *bottom, **more) -> LayerRun:
    return run_layer(f'name: "b" type: "Bias" bias_param {{ {options} }}', *bottom, **more)


def oracle(x, small, axis):
    """Each value by itself: its index in x says which value of the bias is meant."""
    y = np.empty_like(x)
    for index in np.ndindex(x.shape):
        y[index] = x[index] + small[index[axis : axis + small.ndim]]
    return y


@st.composite
def learned_cases(draw):
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=4)))
    axis = draw(st.integers(0, len(shape) - 1))
    num_axes = draw(st.integers(-1, len(shape) - axis))
    if axis and draw(st.booleans()):
        shape = (0, *shape[1:])  # an empty batch
    from_behind = draw(st.booleans())
    return shape, axis - len(shape) if from_behind else axis, num_axes


@settings(deadline=None)
@given(case=learned_cases(), in_place=st.booleans())
def test_a_learned_bias_for_every_choice_of_axes(case, in_place):
    shape, axis, num_axes = case
    x = np.random.default_rng(0).normal(size=shape)
    run = bias(f"axis: {axis} num_axes: {num_axes} {GAUSSIAN}", x, in_place=in_place)
    start = axis % len(shape)
    end = len(shape) if num_axes == -1 else start + num_axes
    assert [blob.shape for blob in run.layer.blobs_] == [shape[start:end]]
    np.testing.assert_array_equal(
        run.top[0].data, oracle(x, run.layer.blobs_[0].data, start if end > start else 0)
    )
    check_gradients(run)


@st.composite
def given_cases(draw):
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=4)))
    axis = draw(st.integers(0, len(shape) - 1))
    return shape, axis, shape[axis : draw(st.integers(axis, len(shape)))]


@settings(deadline=None)
@given(case=given_cases())
def test_a_bias_from_a_second_bottom(case):
    shape, axis, small = case
    rng = np.random.default_rng(0)
    x, b = rng.normal(size=shape), rng.normal(size=small)
    run = bias(f"axis: {axis} num_axes: 7", x, b)  # num_axes means nothing here
    assert run.layer.blobs_ == []
    np.testing.assert_array_equal(run.top[0].data, oracle(x, b, axis))
    check_gradients(run)


def test_in_place_with_a_second_bottom(rng):
    """The net makes such a layer of `bottom: x bottom: b top: x`."""
    run = bias("", rng.normal(size=SHAPE), rng.normal(size=3))
    x, b = run.bottom[0].data.copy(), run.bottom[1].data
    dy = rng.normal(size=SHAPE)
    in_place = LayerRun(run.layer, run.bottom, [run.bottom[0]])
    in_place.forward()
    np.testing.assert_array_equal(run.bottom[0].data, oracle(x, b, 1))
    run.bottom[0].diff[...] = dy
    in_place.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, dy)
    np.testing.assert_allclose(run.bottom[1].diff, dy.sum(axis=(0, 2, 3)))


def test_it_starts_as_the_identity_with_a_number_for_each_channel(rng):
    x = rng.normal(size=SHAPE)
    run = bias("", x)
    assert [blob.shape for blob in run.layer.blobs_] == [(3,)]
    np.testing.assert_array_equal(run.top[0].data, x)


def test_weights_that_come_with_the_definition_are_taken(rng):
    x = np.array([[5.0, 6, 7], [8, 9, 10]])
    run = run_layer('type: "Bias" blobs { shape { dim: 3 } data: 1 data: 2 data: 3 }', x)
    np.testing.assert_array_equal(run.top[0].data, [[6, 8, 10], [9, 11, 13]])


def test_a_frozen_bias_gets_no_gradient(rng):
    run = bias("", rng.normal(size=SHAPE))
    run.top[0].diff[...] = 1
    run.layer.param_propagate_down_ = [False]
    run.backward()
    assert not run.layer.blobs_[0].diff.any()
    np.testing.assert_array_equal(run.bottom[0].diff, 1)


@pytest.mark.parametrize("wanted", [[True, False], [False, True]])
def test_either_gradient_alone(wanted, rng):
    run = bias("", rng.normal(size=SHAPE), rng.normal(size=3))
    run.top[0].diff[...] = 1
    for blob in run.bottom:
        blob.diff[...] = 77
    run.backward(wanted)
    assert [not (blob.diff == 77).all() for blob in run.bottom] == wanted


def test_a_new_batch_and_image_size_is_fine(rng):
    run = bias("filler { value: 2 }", np.ones(SHAPE))
    run.bottom[0].reshape(7, 3, 1, 2)
    run.bottom[0].data[...] = 1
    run.forward()
    np.testing.assert_array_equal(run.top[0].data, np.full((7, 3, 1, 2), 3))


def test_too_large_a_sum_is_infinite():
    run = bias("filler { value: 3e38 }", np.full((1, 1), 3e38), dtype=np.float32)
    np.testing.assert_array_equal(run.top[0].data, np.inf)


def test_another_number_of_channels_is_refused(rng):
    run = bias("", rng.normal(size=SHAPE))
    run.bottom[0].reshape(2, 7, 4, 5)
    with pytest.raises(LayerError, match=r'"b": dimension mismatch.*\n.*\(7,\).*\n.*\(3,\)'):
        run.forward()


@pytest.mark.parametrize("options", ["num_axes: 4", "axis: 3 num_axes: 2", "axis: -1 num_axes: 2"])
def test_more_axes_than_there_are_are_refused(options, rng):
    with pytest.raises(LayerError, match="bias blob's shape extends past bottom"):
        bias(options, rng.normal(size=SHAPE))


@pytest.mark.parametrize(
    ("options", "words"),
    [("num_axes: -2", "num_axes must be non-negative, or -1"), ("axis: 4", "axis 4")],
)
def test_an_axis_out_of_range_is_refused(options, words, rng):
    with pytest.raises(LayerError, match=f'"b".*{words}'):
        bias(options, rng.normal(size=SHAPE))


def test_a_second_bottom_of_another_shape_is_refused(rng):
    with pytest.raises(LayerError, match=r"mismatch between bottom\[0\] and the bias blob"):
        bias("", rng.normal(size=SHAPE), rng.normal(size=4))


def test_it_takes_two_blobs_at_most(rng):
    with pytest.raises(LayerError, match=r"Bias Layer takes at most 2 bottom blob\(s\)"):
        bias("", rng.normal(size=SHAPE), rng.normal(size=3), rng.normal(size=3))
