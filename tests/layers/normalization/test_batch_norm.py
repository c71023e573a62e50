from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet import LayerError, parse_net
from blobnet.testing import LayerRun, run_layer
from tests.ops.plain_loops import channels
from tests.ops.plain_loops import moments as plain_moments
from tests.solver.training import assert_same_bits

RECORDINGS = Path(__file__).parents[2] / "reference" / "layers" / "BatchNorm"
SHAPE = (4, 3, 2, 5)
STATED = "moving_average_fraction: 0.75 eps: 0.5"  # large enough to show in every digit

# two axes, a batch of one, more axes than an image has, and one value per channel
SHAPES = [(6, 3), SHAPE, (1, 3, 4), (2, 3, 2, 1, 4), (1, 3), (1, 2, 1, 1)]


def batch_norm(x, options: str = STATED, **more) -> LayerRun:
    return run_layer(f'name: "bn" type: "BatchNorm" batch_norm_param {{ {options} }}', x, **more)


def oracle(x, means, variances, eps=0.5):
    y = np.empty_like(x)
    for at in np.ndindex(x.shape):
        y[at] = (x[at] - means[at[1]]) / (variances[at[1]] + eps) ** 0.5
    return y


def statistics(run: LayerRun) -> list[np.ndarray]:
    return [blob.data.copy() for blob in run.layer.blobs_]


def store(run: LayerRun, *values) -> None:
    for blob, value in zip(run.layer.blobs_, values, strict=True):
        blob.data[...] = value


# --- with the statistics of the batch -------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("in_place", [False, True])
def test_every_channel_is_normalized_by_its_own_moments(shape, in_place, rng):
    x = rng.normal(size=shape) * 2 + 3
    run = batch_norm(x, in_place=in_place)
    assert run.top[0].shape == shape
    np.testing.assert_allclose(run.top[0].data, oracle(x, *plain_moments(x)), atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_sums_take_in_a_batch_with_the_bias_of_its_variance_corrected(shape, rng):
    x = rng.normal(size=shape) * 2 + 3
    run = batch_norm(x)
    store(run, 7, 8, 9)
    run.forward()
    means, variances = plain_moments(x)
    m = len(channels(x)[0])
    unbiased = [variance * (m / (m - 1) if m > 1 else 1) for variance in variances]
    mean_sum, variance_sum, weight = statistics(run)
    np.testing.assert_allclose(mean_sum, 7 * 0.75 + np.array(means), rtol=1e-12)
    np.testing.assert_allclose(variance_sum, 8 * 0.75 + np.array(unbiased), rtol=1e-12)
    np.testing.assert_allclose(weight, [9 * 0.75 + 1])


def test_the_three_blobs_start_at_zero(rng):
    x = rng.normal(size=SHAPE)
    run = batch_norm(x, phase="TEST")
    assert [blob.shape for blob in run.layer.blobs_] == [(3,), (3,), (1,)]
    assert not any(array.any() for array in statistics(run))


def test_the_defaults(rng):
    x = rng.normal(size=SHAPE)
    default = run_layer('type: "BatchNorm"', x)
    stated = batch_norm(x, "use_global_stats: false moving_average_fraction: 0.999 eps: 1e-5")
    for run in (default, stated):
        run.forward()
    np.testing.assert_array_equal(default.top[0].data, stated.top[0].data)
    assert_same_bits(statistics(default), statistics(stated))
    np.testing.assert_allclose(statistics(default)[2], [1.999])


@pytest.mark.parametrize("name", ["train", "train_2d"])
def test_the_sums_are_caffes_to_the_last_digits(name):
    with np.load(RECORDINGS / f"{name}.npz") as recording:
        values = dict(recording)
    net = blobnet.Net(parse_net(str(values["prototxt"])), phase="TRAIN")
    net.forward(x0=values["bottom_0"])
    for index, blob in enumerate(net.params["it"]):
        assert blob.data.dtype == np.float32
        np.testing.assert_allclose(blob.data, values[f"param_after_{index}"], rtol=5e-7)
    np.testing.assert_allclose(net.blobs["t0"].data, values["top_0"], rtol=1e-5, atol=1e-6)


def test_equal_values_become_zero():
    run = batch_norm(np.full(SHAPE, 0.1), "", dtype=np.float32)
    np.testing.assert_array_equal(run.top[0].data, 0)


@pytest.mark.parametrize("in_place", [False, True])
def test_the_gradient_does_not_need_the_top(in_place, rng):
    run = batch_norm(rng.normal(size=SHAPE), in_place=in_place)
    dy = rng.normal(size=SHAPE)
    run.top[0].diff[...] = dy
    run.backward()
    expected = run.bottom[0].diff.copy()
    run.top[0].data[...] = 0 if in_place else run.top[0].data  # by a layer that works in place
    run.top[0].diff[...] = dy
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, expected)


# --- with the stored statistics -------------------------------------------------------------------


@pytest.mark.parametrize(("options", "phase"), [("", "TEST"), ("use_global_stats: true", "TRAIN")])
@pytest.mark.parametrize("in_place", [False, True])
def test_the_stored_sums_are_divided_by_their_weight(options, phase, in_place, rng):
    x = rng.normal(size=SHAPE)
    run = batch_norm(x, f"{STATED} {options}", phase=phase, in_place=in_place)
    store(run, [1, 2, 3], [4, 5, 6], 2.5)
    before = statistics(run)
    run.bottom[0].data[...] = x
    run.forward()
    expected = oracle(x, np.array([1, 2, 3]) / 2.5, np.array([4, 5, 6]) / 2.5)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-12)
    assert_same_bits(statistics(run), before)


def test_in_the_test_phase_the_batch_can_be_asked_for(rng):
    x = rng.normal(size=SHAPE)
    run = batch_norm(x, f"{STATED} use_global_stats: false", phase="TEST")
    np.testing.assert_allclose(run.top[0].data, oracle(x, *plain_moments(x)), atol=1e-12)
    assert statistics(run)[2] == [1], "and is taken into the sums, as in Caffe"


def test_the_choice_is_made_at_setup(rng):
    run = batch_norm(rng.normal(size=SHAPE))
    run.layer.phase = blobnet.TEST
    run.forward()
    np.testing.assert_allclose(statistics(run)[2], [1.75])


def test_without_any_batch_taken_in_mean_and_variance_are_zero(rng):
    x = rng.normal(size=SHAPE)
    run = batch_norm(x, phase="TEST")
    store(run, 3, 4, 0)
    run.forward()
    np.testing.assert_allclose(run.top[0].data, x / 0.5**0.5, rtol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("in_place", [False, True])
def test_the_gradient_with_stored_statistics_is_that_of_a_linear_function(shape, in_place, rng):
    run = batch_norm(np.zeros(shape), phase="TEST", in_place=in_place)
    store(run, 1, np.arange(1, shape[1] + 1), 3)
    x, direction, dy = rng.normal(size=(3, *shape))
    tops = []
    for place in (x + direction, x - direction):
        run.bottom[0].data[...] = place
        run.forward()
        tops.append(run.top[0].data.copy())
    run.bottom[0].diff[...] = np.nan
    run.top[0].diff[...] = dy
    run.backward()
    expected = np.vdot(dy, tops[0] - tops[1]) / 2
    assert np.vdot(run.bottom[0].diff, direction) == pytest.approx(expected, rel=1e-12)
    assert not any(blob.diff.any() for blob in run.layer.blobs_)


def test_a_negative_stored_variance_is_nan_without_a_warning(rng):
    run = batch_norm(rng.normal(size=SHAPE), phase="TEST")
    store(run, 0, [-2, 1, 1], 1)
    run.forward()
    run.top[0].diff[...] = 1
    run.backward()
    for array in (run.top[0].data, run.bottom[0].diff):
        assert np.isnan(array[:, 0]).all()
        assert np.isfinite(array[:, 1:]).all()


# --- shapes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("shape", [(9, 3, 1, 1), (1, 3, 4, 4), (2, 3), (0, 3, 2, 5), (2, 3, 0)])
def test_a_new_batch_or_image_size_is_fine(phase, in_place, shape, rng):
    run = batch_norm(rng.normal(size=SHAPE), phase=phase, in_place=in_place)
    before = statistics(run)
    x = rng.normal(size=shape)
    run.bottom[0].reshape(shape)
    run.bottom[0].data[...] = x
    run.forward()
    run.top[0].diff[...] = 1
    run.backward()
    assert run.top[0].shape == shape
    if not x.size:
        assert_same_bits(statistics(run), before)  # an empty batch says nothing
    elif phase == "TRAIN":
        np.testing.assert_allclose(run.top[0].data, oracle(x, *plain_moments(x)), atol=1e-12)


def test_another_number_of_channels_is_refused(rng):
    run = batch_norm(rng.normal(size=SHAPE))
    run.bottom[0].reshape(4, 7, 2, 5)
    with pytest.raises(LayerError, match=r'"bn".*channels.*\n.*\(N, 3, \.\.\.\).*\n.*\(4, 7, 2, 5'):
        run.forward()


@pytest.mark.parametrize("shape", [(), (1,), (5,)])
def test_a_blob_without_a_channel_axis_is_refused(shape):
    with pytest.raises(LayerError, match=r'"bn".*(.*\n)*.*two axes(.*\n)*.*Reshape'):
        batch_norm(np.ones(shape))
