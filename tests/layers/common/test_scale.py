import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet import LayerError
from blobnet.testing import LayerRun, check_gradients, run_layer

FILLERS = 'filler { type: "gaussian" std: 1 } bias_filler { type: "gaussian" std: 1 }'
SHAPE = (2, 3, 4, 5)


def scale(options: str, *bottom, **more) -> LayerRun:
    return run_layer(f'name: "sc" type: "Scale" scale_param {{ {options} }}', *bottom, **more)


def oracle(x, factor, axis, bias=None):
    """Each value by itself: its index in x says which value of the factor is meant."""
    y = np.empty_like(x)
    for index in np.ndindex(x.shape):
        small = index[axis : axis + factor.ndim]
        y[index] = x[index] * factor[small] + (0 if bias is None else bias[small])
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
@given(case=learned_cases(), bias=st.booleans(), in_place=st.booleans())
def test_a_learned_factor_for_every_choice_of_axes(case, bias, in_place):
    shape, axis, num_axes = case
    x = np.random.default_rng(0).normal(size=shape)
    run = scale(
        f"axis: {axis} num_axes: {num_axes} bias_term: {str(bias).lower()} {FILLERS}",
        x,
        in_place=in_place,
    )
    weights = [blob.data for blob in run.layer.blobs_]
    start = axis % len(shape)
    end = len(shape) if num_axes == -1 else start + num_axes
    assert [weight.shape for weight in weights] == [shape[start:end]] * (1 + bias)
    expected = oracle(x, weights[0], start, weights[1] if bias else None)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-12)
    check_gradients(run)


@st.composite
def given_cases(draw):
    shape = tuple(draw(st.lists(st.integers(1, 3), min_size=1, max_size=4)))
    axis = draw(st.integers(0, len(shape) - 1))
    return shape, axis, shape[axis : draw(st.integers(axis, len(shape)))]


@settings(deadline=None)
@given(case=given_cases(), bias=st.booleans())
def test_a_factor_from_a_second_bottom(case, bias):
    shape, axis, small = case
    rng = np.random.default_rng(0)
    x, factor = rng.normal(size=shape), rng.normal(size=small)
    run = scale(f"axis: {axis} bias_term: {str(bias).lower()} {FILLERS}", x, factor)
    assert [blob.shape for blob in run.layer.blobs_] == [small] * bias
    expected = oracle(x, factor, axis, run.layer.blobs_[0].data if bias else None)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-12)
    check_gradients(run)


def test_in_place_with_a_second_bottom(rng):
    """The net makes such a layer of `bottom: x bottom: s top: x`."""
    run = scale("bias_term: true", rng.normal(size=SHAPE), rng.normal(size=3))
    x, factor = run.bottom[0].data.copy(), run.bottom[1].data
    dy = rng.normal(size=SHAPE)
    in_place = LayerRun(run.layer, run.bottom, [run.bottom[0]])
    in_place.forward()
    np.testing.assert_allclose(run.bottom[0].data, oracle(x, factor, 1))
    run.bottom[0].diff[...] = dy
    in_place.backward()
    np.testing.assert_allclose(run.bottom[0].diff, oracle(dy, factor, 1))
    np.testing.assert_allclose(run.bottom[1].diff, (dy * x).sum(axis=(0, 2, 3)))


def test_it_starts_as_the_identity(rng):
    x = rng.normal(size=SHAPE)
    run = scale("bias_term: true", x)
    assert [blob.shape for blob in run.layer.blobs_] == [(3,), (3,)]
    np.testing.assert_array_equal(run.top[0].data, x)


def test_a_filler_without_a_type_fills_with_zero(rng):
    run = scale("filler {}", rng.normal(size=SHAPE))
    np.testing.assert_array_equal(run.layer.blobs_[0].data, 0)


def test_frozen_weights_get_no_gradient(rng):
    run = scale("bias_term: true", rng.normal(size=SHAPE))
    run.top[0].diff[...] = 1
    run.layer.param_propagate_down_ = [True, False]
    run.backward([False])
    assert run.layer.blobs_[0].diff.any()
    assert not run.layer.blobs_[1].diff.any()
    assert not run.bottom[0].diff.any()
    run.layer.param_propagate_down_ = [False, True]
    run.layer.blobs_[0].clear_diff()
    run.backward([False])
    assert not run.layer.blobs_[0].diff.any()
    np.testing.assert_array_equal(run.layer.blobs_[1].diff, 40)


def test_weights_that_come_with_the_definition_are_taken(rng):
    x = rng.normal(size=(2, 3))
    blobs = "".join(
        f"blobs {{ shape {{ dim: 3 }} {' '.join(f'data: {value}' for value in values)} }}"
        for values in ((1, 2, 3), (4, 5, 6))
    )
    run = run_layer(f'type: "Scale" scale_param {{ bias_term: true }} {blobs}', x)
    np.testing.assert_array_equal(run.top[0].data, x * [1, 2, 3] + [4, 5, 6])


def test_a_new_batch_and_image_size_is_fine(rng):
    run = scale("", rng.normal(size=SHAPE))
    run.bottom[0].reshape(7, 3, 1, 2)
    run.forward()
    assert run.top[0].shape == (7, 3, 1, 2)


def test_too_large_a_product_is_infinite():
    run = scale("filler { value: 1e30 }", np.full((1, 1), 1e30), dtype=np.float32)
    np.testing.assert_array_equal(run.top[0].data, np.inf)


def test_another_number_of_channels_is_refused(rng):
    run = scale("", rng.normal(size=SHAPE))
    run.bottom[0].reshape(2, 7, 4, 5)
    with pytest.raises(LayerError, match=r'"sc": dimension mismatch.*\n.*\(7,\).*\n.*\(3,\)'):
        run.forward()


@pytest.mark.parametrize("options", ["num_axes: 4", "axis: 3 num_axes: 2", "axis: -1 num_axes: 2"])
def test_more_axes_than_there_are_are_refused(options, rng):
    with pytest.raises(LayerError, match="scale blob's shape extends past bottom"):
        scale(options, rng.normal(size=SHAPE))


def test_a_second_bottom_with_more_axes_is_refused(rng):
    with pytest.raises(LayerError, match=r"extends past bottom(.*\n)*.*shape \(5, 2\)"):
        scale("axis: 3", rng.normal(size=SHAPE), rng.normal(size=(5, 2)))


def test_a_second_bottom_of_another_shape_is_refused(rng):
    with pytest.raises(LayerError, match="dimension mismatch"):
        scale("", rng.normal(size=SHAPE), rng.normal(size=4))


@pytest.mark.parametrize(
    ("options", "words"), [("num_axes: -2", "num_axes"), ("axis: 4", "axis 4")]
)
def test_an_axis_out_of_range_is_refused(options, words, rng):
    with pytest.raises(LayerError, match=f'"sc".*{words}'):
        scale(options, rng.normal(size=SHAPE))


def test_it_takes_two_blobs_at_most(rng):
    with pytest.raises(LayerError, match=r"Scale Layer takes at most 2 bottom blob\(s\)"):
        scale("", rng.normal(size=SHAPE), rng.normal(size=3), rng.normal(size=3))


# --- of caffe-windows -----------------------------------------------------------------------------


def test_a_learned_factor_is_brought_within_its_limits(rng):
    x = rng.normal(size=(2, 4))
    run = scale("min_value: -0.5 max_value: 1.5 filler { value: 3 }", x)
    np.testing.assert_array_equal(run.layer.blobs_[0].data, 1.5)
    run.layer.blobs_[0].data[...] = [-2, -0.25, 1, 9]
    run.forward()
    factor = np.array([-0.5, -0.25, 1, 1.5])
    np.testing.assert_array_equal(run.layer.blobs_[0].data, factor)
    np.testing.assert_allclose(run.top[0].data, x * factor)


@pytest.mark.parametrize(
    ("limits", "factor"), [("min_value: 0", [0, 0, 1, 9]), ("max_value: 0", [-2, -0.25, 0, 0])]
)
def test_a_given_factor_is_limited_in_a_copy(limits, factor, rng):
    x, given = rng.normal(size=(2, 4)), [-2, -0.25, 1, 9]
    run = scale(limits, x, given)
    np.testing.assert_array_equal(run.bottom[1].data, given)
    np.testing.assert_allclose(run.top[0].data, x * factor)
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, np.broadcast_to(factor, x.shape))
    np.testing.assert_allclose(run.bottom[1].diff, x.sum(axis=0))
