import numpy as np
import pytest

from blobnet import LayerError, Net, parse_net
from blobnet.testing import run_layer
from tests.ops.plain_loops import moments as plain_moments

EPS = 0.25


def batch_norm(x, options, **more):
    text = f'name: "bn" type: "BatchNorm" batch_norm_param {{ eps: {EPS} {options} }}'
    return run_layer(text, x, **more)


def oracle(x, mean, variance, eps=EPS):
    y = np.empty_like(x)
    for at in np.ndindex(x.shape):
        y[at] = (x[at] - mean[at[1]]) / (variance[at[1]] + eps) ** 0.5
    return y


def by_channel(values, x):
    return np.reshape(values, (1, -1, *[1] * (x.ndim - 2)))


@pytest.fixture
def x(rng):
    return rng.normal(1, 2, size=(4, 3, 2, 5))


# --- NVCaffe --------------------------------------------------------------------------------------


def test_nvcaffe_learns_a_factor_and_an_offset(x):
    run = batch_norm(x, "scale_filler { value: 2 } bias_filler { value: -1 }")
    assert [blob.shape for blob in run.layer.blobs_] == [(3,), (3,), (1,), (3,), (3,)]
    mean, variance = plain_moments(x)
    np.testing.assert_allclose(run.top[0].data, 2 * oracle(x, mean, variance) - 1)
    rates = [(spec.lr_mult, spec.decay_mult) for spec in run.layer.layer_param_.param]
    assert rates == [(0, 0)] * 3 + [(1, 1)] * 2


def test_the_factor_starts_with_1_and_the_offset_with_0(x):
    run = batch_norm(x, "scale_bias: true")
    np.testing.assert_allclose(run.top[0].data, oracle(x, *plain_moments(x)))


def test_nvcaffe_keeps_averages_which_the_first_two_batches_replace(rng):
    run = batch_norm(rng.normal(size=(4, 3)), "scale_bias: true moving_average_fraction: 0.75")
    means, variances = [], []
    for _ in range(3):
        run.bottom[0].data[...] = rng.normal(size=(4, 3))
        mean, variance = plain_moments(run.bottom[0].data)
        means.append(mean)
        variances.append(np.add(variance, EPS))
        run.forward()
    kept = run.layer.blobs_
    # one batch had been seen before the first of these
    for blob, seen in zip(kept[:2], (means, variances), strict=True):
        expected = 0.75 * (0.75 * np.array(seen[0]) + 0.25 * np.array(seen[1]))
        np.testing.assert_allclose(blob.data, expected + 0.25 * np.array(seen[2]))
    assert kept[2].data == 1


def test_nvcaffe_goes_on_averaging_from_a_state(x):
    run = batch_norm(x, "scale_bias: true moving_average_fraction: 0.5")
    run.forward()
    state, other = run.layer.get_state(), batch_norm(x, "scale_bias: true")
    assert state["batches"] == 2
    other.layer.set_state(state)
    assert other.layer.get_state()["batches"] == 2
    for foreign in ({**state, "batches": "two"}, {"rng": state["rng"]}):
        with pytest.raises(LayerError, match="of another kind"):
            other.layer.set_state(foreign)


@pytest.mark.parametrize("stated", ["", "use_global_stats: false"])
def test_nvcaffe_tests_with_what_is_stored_whatever_is_stated(stated, x):
    run = batch_norm(x, f"scale_bias: true {stated}", phase="TEST")
    mean, variance, factor, offset = np.arange(12).reshape(4, 3) + 1.0
    stored = (mean, variance, 1, factor, offset)
    for blob, value in zip(run.layer.blobs_, stored, strict=True):
        blob.data[...] = value
    run.forward()
    expected = by_channel(factor, x) * oracle(x, mean, variance) + by_channel(offset, x)
    np.testing.assert_allclose(run.top[0].data, expected)


def test_nvcaffes_eps_is_not_below_1e_5():
    x = np.array([[1e-3], [-1e-3]])
    run = run_layer('type: "BatchNorm" batch_norm_param { scale_bias: true eps: 1e-9 }', x)
    np.testing.assert_allclose(run.top[0].data, x / (1e-6 + 1e-5) ** 0.5, rtol=1e-6)


# --- Intel ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "blobs"),
    [
        ("use_weight_bias: true", 5),
        ("filler { value: 3 }", 5),
        ("bias_term: false", 4),
        ("use_weight_bias: false", 3),
        ("use_weight_bias: false bias_term: true", 3),
        ("stats_batch_size: 2", 3),
    ],
)
def test_intels_number_of_weights(options, blobs, x):
    layer = batch_norm(x, options).layer
    assert len(layer.blobs_) == blobs
    np.testing.assert_allclose(layer.blobs_[2].data, 1.999 if "stats" in options else 1)


def test_intels_factor_offset_and_rectifier(x):
    run = batch_norm(x, "filler { value: 3 } bias_filler { value: 1 } relu: true")
    expected = 3 * oracle(x, *plain_moments(x)) + 1
    np.testing.assert_allclose(run.top[0].data, np.maximum(expected, 0), atol=1e-12)
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.layer.blobs_[4].diff, (expected > 0).sum(axis=(0, 2, 3)))


def test_rates_of_factor_and_offset_are_the_users(x):
    text = """name: "bn" type: "BatchNorm" batch_norm_param { filler { value: 1 } }
        param { lr_mult: 0 } param { lr_mult: 0 } param { lr_mult: 0 } param { lr_mult: 7 }"""
    rates = [spec.lr_mult for spec in run_layer(text, x).layer.layer_param_.param]
    assert rates == [0, 0, 0, 7]
    with pytest.raises(LayerError, match="Cannot configure batch normalization"):
        run_layer(text.replace("lr_mult: 0", "lr_mult: 1"), x)


def test_parts_of_a_batch_have_statistics_of_their_own(rng):
    x = rng.normal(size=(6, 3, 4))
    run = batch_norm(x, "stats_batch_size: 2 moving_average_fraction: 0.5")
    sum_of_means = np.zeros(3)
    for begin in (0, 2, 4):
        part = x[begin : begin + 2]
        mean, variance = plain_moments(part)
        np.testing.assert_allclose(run.top[0].data[begin : begin + 2], oracle(part, mean, variance))
        sum_of_means = 0.5 * sum_of_means + mean
    np.testing.assert_allclose(run.layer.blobs_[0].data, sum_of_means)
    np.testing.assert_allclose(run.layer.blobs_[2].data, 1.75)


def test_parts_must_fit_the_batch(x):
    with pytest.raises(LayerError, match="parts of stats_batch_size"):
        batch_norm(x, "stats_batch_size: 3")


def test_a_net_may_state_the_size_of_parts_for_all_its_layers(rng):
    text = """bn_stats_batch_size: 2
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: [4, 3] } } }
        layer { name: "bn" type: "BatchNorm" bottom: "x" top: "y" }"""
    net = Net(parse_net(text), phase="TRAIN")
    x = rng.normal(size=(4, 3)).astype("f4")
    y = net.forward(x=x)["y"]
    for part in (slice(2), slice(2, 4)):
        expected = oracle(x[part], *plain_moments(x[part]), eps=1e-5)
        np.testing.assert_allclose(y[part], expected, rtol=1e-4, atol=1e-4)


# --- caffe-windows, PSPNet ------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_without_the_mean_values_are_divided_only(phase, x):
    run = batch_norm(x, "disable_mean: true", phase=phase)
    squares = (x * x).mean(axis=(0, 2, 3))
    if phase == "TEST":
        stored = (np.full(3, 5.0), squares, 1)
        for blob, value in zip(run.layer.blobs_, stored, strict=True):
            blob.data[...] = value
        run.forward()
    np.testing.assert_allclose(run.top[0].data, oracle(x, np.zeros(3), squares))
    if phase == "TRAIN":
        np.testing.assert_array_equal(run.layer.blobs_[0].data, 0)
        np.testing.assert_allclose(run.layer.blobs_[1].data, squares * 40 / 39)


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_without_the_variance_the_mean_is_subtracted_only(phase, x):
    run = batch_norm(x, "disable_variance: true", phase=phase)
    mean = x.mean(axis=(0, 2, 3)) if phase == "TRAIN" else np.zeros(3)
    np.testing.assert_allclose(run.top[0].data, x - by_channel(mean, x))
    run.top[0].diff[...] = dy = np.cos(x)
    run.backward()
    of_dy = dy.mean(axis=(0, 2, 3)) if phase == "TRAIN" else np.zeros(3)
    np.testing.assert_allclose(run.bottom[0].diff, dy - by_channel(of_dy, x), atol=1e-12)


def test_pspnet_takes_the_deviation_from_the_stored_mean(x):
    options = "use_global_stats: true update_global_stats: true moving_average_fraction: 0.5"
    run = batch_norm(x, options)
    for blob, value in zip(run.layer.blobs_, ([2.0, 4, 6], [1.0, 2, 3], 2), strict=True):
        blob.data[...] = value
    run.forward()
    mean = np.array([1.0, 2, 3])
    variance = ((x - by_channel(mean, x)) ** 2).mean(axis=(0, 2, 3))
    np.testing.assert_allclose(run.top[0].data, oracle(x, mean, variance))
    kept = run.layer.blobs_
    np.testing.assert_allclose(kept[0].data, 0.5 * np.array([2, 4, 6]) + mean)
    np.testing.assert_allclose(kept[1].data, 0.5 * np.array([1, 2, 3]) + variance * 40 / 39)
    assert kept[2].data == 2
    run.top[0].diff[...] = 1
    run.backward()
    expected = by_channel((variance + EPS) ** -0.5, x)
    np.testing.assert_allclose(run.bottom[0].diff, np.broadcast_to(expected, x.shape))


def test_in_the_inference_mode_a_convolution_takes_it_in(rng):
    text = """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: [2, 3, 5, 5] } } }
        layer { name: "conv" type: "Convolution" bottom: "x" top: "y"
          convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } } }
        layer { name: "bn" type: "BatchNorm" bottom: "y" top: "y" batch_norm_param { OPTIONS } }
        layer { name: "more" type: "Power" bottom: "y" top: "z" }"""
    x = rng.normal(size=(2, 3, 5, 5)).astype("f4")
    filler = '{ type: "uniform" min: 1 max: 2 }'
    for options in (
        f"scale_filler {filler} bias_filler {filler}",
        f"filler {filler} relu: true",
        f"filler {filler} bias_term: false disable_mean: true",
    ):
        definition = parse_net(text.replace("OPTIONS", options))
        usual, fused = (Net(definition, phase="TEST", seed=1, inference=i) for i in (False, True))
        for net in (usual, fused):
            net.params["bn"][0].data[...] = [1, 2, 3, 4]
            net.params["bn"][1].data[...] = [4, 3, 2, 1]
            net.params["bn"][2].data[...] = 1
        expected = usual.forward(x=x)["z"]
        np.testing.assert_allclose(fused.forward(x=x)["z"], expected, rtol=1e-4, atol=1e-5)


# --- Synopsys -------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
def test_eps_may_be_added_to_the_deviation(phase, x):
    run = batch_norm(x, "add_eps_before_sqrt: false", phase=phase)
    mean, variance = plain_moments(x)
    if phase == "TEST":
        mean, variance = np.array([1.0, -1, 0.5]), np.array([0.25, 4, 1])
        for blob, values in zip(run.layer.blobs_, (mean, variance, [1]), strict=True):
            blob.data[...] = values
        run.forward()
    expected = np.empty_like(x)
    for at in np.ndindex(x.shape):
        expected[at] = (x[at] - mean[at[1]]) / (variance[at[1]] ** 0.5 + EPS)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-11)


def test_a_channel_without_variance_has_a_gradient(rng):
    run = batch_norm(np.ones((2, 1, 3)), "add_eps_before_sqrt: false")
    run.top[0].diff[...] = dy = rng.normal(size=(2, 1, 3))
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, (dy - dy.mean()) / EPS)
