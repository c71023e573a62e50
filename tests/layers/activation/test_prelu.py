import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blobnet import LayerError
from blobnet.testing import LayerRun, run_layer

INF, NAN = np.inf, np.nan
SHAPE = (2, 3, 4, 5)


def prelu(x, options="", **more) -> LayerRun:
    return run_layer(f'name: "act" type: "PReLU" prelu_param {{ {options} }}', x, **more)


def oracle(x, slope):
    """Each value by itself: its second index is the channel."""
    y = np.empty_like(x)
    for index in np.ndindex(x.shape):
        factor = slope[index[1]] if slope.ndim else slope
        y[index] = max(x[index], 0) + factor * min(x[index], 0)
    return y


@settings(deadline=None)
@given(
    batch=st.integers(0, 3),
    channels=st.integers(1, 3),
    image=st.lists(st.integers(0, 3), max_size=3),
    shared=st.booleans(),
    in_place=st.booleans(),
    std=st.sampled_from([0.1, 2]),  # slopes below 1, and some above
    seed=st.integers(0, 1000),
)
def test_negative_values_are_multiplied_by_the_slope_of_their_channel(
    batch, channels, image, shared, in_place, std, seed
):
    shape = (batch, channels, *image)
    x = np.random.default_rng(seed).normal(size=shape)
    options = f'channel_shared: {str(shared).lower()} filler {{ type: "gaussian" std: {std} }}'
    run = prelu(x, options, in_place=in_place, seed=seed)
    slope = run.layer.blobs_[0].data
    assert slope.shape == (() if shared else (channels,))
    np.testing.assert_allclose(run.top[0].data, oracle(x, slope), rtol=1e-12)


def test_frozen_slopes_get_no_gradient(rng):
    run = prelu(rng.normal(size=SHAPE))
    run.top[0].diff[...] = 1
    run.layer.param_propagate_down_ = [False]
    run.backward()
    assert not run.layer.blobs_[0].diff.any()
    assert run.bottom[0].diff.all()


def test_the_slope_is_a_quarter_unless_stated(rng):
    run = prelu(rng.normal(size=SHAPE))
    np.testing.assert_array_equal(run.layer.blobs_[0].data, [0.25] * 3)


def test_a_filler_without_a_type_fills_with_zero(rng):
    run = prelu(rng.normal(size=SHAPE), "filler {}")
    np.testing.assert_array_equal(run.layer.blobs_[0].data, [0] * 3)


@pytest.mark.parametrize("filler", ["xavier", "msra", "uniform", "positive_unitball"])
def test_one_slope_for_all_can_be_drawn(filler, rng):
    run = prelu(rng.normal(size=SHAPE), f'channel_shared: true filler {{ type: "{filler}" }}')
    assert run.layer.blobs_[0].shape == ()


def test_slopes_that_come_with_the_definition_are_taken():
    blobs = "blobs { shape { dim: 2 } data: 2 data: -3 }"
    run = run_layer(f'type: "PReLU" {blobs}', [[-1.0, -1.0], [4.0, 5.0]])
    np.testing.assert_array_equal(run.top[0].data, [[-2, 3], [4, 5]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("slope", "expected"),
    [
        (0, [NAN, 0, 0, 2, INF, NAN]),
        (0.5, [-INF, -0.5, 0, 2, INF, NAN]),
        (3, [-INF, -3, 0, 2, INF, NAN]),
        (-3, [INF, 3, 0, 2, INF, NAN]),
    ],
)
def test_infinity_and_nan(slope, expected, dtype):
    run = prelu([[-INF, -1, 0, 2, INF, NAN]], f"filler {{ value: {slope} }}", dtype=dtype)
    np.testing.assert_array_equal(run.top[0].data, [expected])


def test_the_kink_counts_as_negative_and_nothing_flows_back_through_nan():
    run = prelu([[-1.0, 0.0, 1.0, NAN]], "filler { value: 0.5 }")
    run.top[0].diff[...] = [2, 3, 4, 5]
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [[1, 1.5, 4, 0]])
    np.testing.assert_array_equal(run.layer.blobs_[0].diff, [-2, 0, 0, NAN])


@pytest.mark.parametrize("shared", ["true", "false"])
@pytest.mark.parametrize("in_place", [False, True])
def test_a_batch_without_items_passes(shared, in_place):
    run = prelu(np.zeros((0, 3, 2, 2)), f"channel_shared: {shared}", in_place=in_place)
    run.backward()
    assert run.top[0].shape == (0, 3, 2, 2)
    np.testing.assert_array_equal(run.layer.blobs_[0].diff, 0)


@pytest.mark.parametrize("in_place", [False, True])
def test_a_new_batch_and_image_size_is_fine(in_place, rng):
    run = prelu(rng.normal(size=SHAPE), in_place=in_place)
    for shape in [(7, 3, 1, 2), (1, 3, 6, 5)]:
        run.bottom[0].reshape(shape)
        run.bottom[0].data[...] = -4
        run.forward()
        np.testing.assert_array_equal(run.top[0].data, np.full(shape, -1))
        run.layer.blobs_[0].clear_diff()
        run.top[0].diff[...] = 1
        run.backward()
        np.testing.assert_array_equal(run.bottom[0].diff, np.full(shape, 0.25))
        per_channel = -4 * shape[0] * shape[2] * shape[3]
        np.testing.assert_array_equal(run.layer.blobs_[0].diff, [per_channel] * 3)


def test_one_slope_for_all_takes_any_number_of_channels(rng):
    run = prelu(rng.normal(size=(2, 3)), "channel_shared: true")
    run.bottom[0].reshape(2, 5)
    run.forward()
    assert run.top[0].shape == (2, 5)


def test_another_number_of_channels_is_refused(rng):
    run = prelu(rng.normal(size=SHAPE))
    run.bottom[0].reshape(2, 7, 4, 5)
    with pytest.raises(
        LayerError,
        match=r'"act": Negative slope size is inconsistent with prototxt config\n.*3.*\n.*7 \(',
    ):
        run.forward()


def test_slopes_that_do_not_fit_the_channels_are_refused():
    blobs = "blobs { shape { dim: 2 } data: 2 data: -3 }"
    with pytest.raises(LayerError, match=r"blobs\[0\] do not fit\n.*\(3,\)\n.*\(2,\)"):
        run_layer(f'type: "PReLU" {blobs}', [[1.0, 2.0, 3.0]])


@pytest.mark.parametrize("shape", [(), (3,)])
@pytest.mark.parametrize("shared", ["true", "false"])
def test_fewer_than_two_axes_are_refused(shape, shared):
    with pytest.raises(LayerError, match=r"Number of axes of bottom blob must be >=2\."):
        prelu(np.zeros(shape), f"channel_shared: {shared}")


def test_fewer_than_two_axes_are_refused_later_on(rng):
    run = prelu(rng.normal(size=(2, 3)), "channel_shared: true")
    run.bottom[0].reshape(6)
    with pytest.raises(LayerError, match=r'"act": Number of axes of bottom blob must be >=2\.'):
        run.forward()


def test_it_takes_one_blob():
    with pytest.raises(LayerError, match=r"PReLU Layer takes 1 bottom blob\(s\)"):
        run_layer('type: "PReLU"', [[1.0]], [[2.0]])
