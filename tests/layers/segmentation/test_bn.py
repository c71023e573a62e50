import numpy as np
import pytest

import blobnet
from blobnet import LayerError, parse_net
from blobnet.testing import LayerRun, run_layer
from tests.ops.plain_loops import moments as plain_moments

SHAPE = (4, 3, 2, 5)
SEGNET = 'scale_filler { type: "constant" value: 2 } shift_filler { type: "constant" value: 1 }'
PSPNET = 'slope_filler { type: "constant" value: 2 } bias_filler { type: "constant" value: 1 }'
STATED = f"{PSPNET} momentum: 0.75 eps: 0.5"  # large enough to show in every digit


def bn(x, options: str = "", *, type_name: str = "BN", **more) -> LayerRun:
    return run_layer(f'name: "bn" type: "{type_name}" bn_param {{ {options} }}', x, **more)


def oracle(x, means, variances, eps, slope=2, bias=1):
    y = np.empty_like(x)
    for at in np.ndindex(x.shape):
        y[at] = slope * (x[at] - means[at[1]]) / (variances[at[1]] + eps) ** 0.5 + bias
    return y


def data(run: LayerRun) -> list[np.ndarray]:
    return [blob.data.copy() for blob in run.layer.blobs_]


@pytest.fixture
def x(rng):
    return rng.normal(size=SHAPE) * 2 + 3


# --- which fork's it is ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "blobs"),
    [
        ("", 4),
        ("bn_mode: INFERENCE", 2),
        (SEGNET, 2),
        (f"{SEGNET} bn_mode: LEARN", 2),
        ("var_eps: 1e-5", 2),
        (f"{SEGNET} decay: 0.5", 2),
        (PSPNET, 4),
        ("momentum: 0.5", 4),
        ("eps: 1e-3", 4),
        ("frozen: true", 4),
        ("engine: CUDNN", 4),
        (f"{SEGNET} icnet: true", 4),
        (f"{PSPNET} icnet: false", 2),
    ],
)
def test_the_settings_tell_how_many_weights_there_are(options, blobs, x):
    run = bn(x, options)
    assert [blob.shape for blob in run.layer.blobs_] == [(1, 3, 1, 1)] * blobs


@pytest.mark.parametrize(
    ("options", "given", "blobs"), [("", 2, 2), ("", 4, 4), ("decay: 0.5", 4, 4)]
)
def test_without_settings_the_weights_of_the_definition_tell_it(options, given, blobs, x):
    weight = "blobs { shape { dim: 1 dim: 3 dim: 1 dim: 1 } data: 5 data: 6 data: 7 }"
    run = run_layer(f'type: "BN" {weight * given} bn_param {{ {options} }}', x)
    assert len(run.layer.blobs_) == blobs
    assert data(run)[1].ravel().tolist() == [5, 6, 7]


def test_more_than_one_top_means_segnet(x):
    assert len(run_layer('type: "BN"', x, num_top=2).layer.blobs_) == 2


# --- SegNet ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
@pytest.mark.parametrize("in_place", [False, True])
def test_segnet_normalizes_by_the_batch_in_both_phases(phase, in_place, x):
    run = bn(x, SEGNET, phase=phase, in_place=in_place)
    np.testing.assert_allclose(run.top[0].data, oracle(x, *plain_moments(x), 1e-9), atol=1e-12)


def test_the_eps_of_segnet_shows_where_nothing_varies():
    x = np.array([[0.0], [2e-5]])  # a variance of 1e-10
    y = bn(x, SEGNET).top[0].data
    np.testing.assert_allclose(y[1], 2 * 1e-5 / (1e-10 + 1e-9) ** 0.5 + 1, rtol=1e-9)


def test_mean_and_variance_of_the_batch_are_tops(x):
    run = bn(x, SEGNET, num_top=3)
    for top, values in zip(run.top[1:], plain_moments(x), strict=True):
        assert top.shape == (1, 3, 1, 1)
        np.testing.assert_allclose(top.data.ravel(), values, rtol=1e-12)


def test_inference_is_factor_and_offset_alone(x):
    run = bn(x, f"{SEGNET} bn_mode: INFERENCE")
    np.testing.assert_allclose(run.top[0].data, 2 * x + 1)
    factor, shift = run.layer.channel_affine()
    np.testing.assert_array_equal((factor, shift), [[2, 2, 2], [1, 1, 1]])


def test_what_normalizes_by_the_batch_is_not_affine(x):
    assert bn(x, SEGNET, phase="TEST").layer.channel_affine() is None


# --- PSPNet, TSN ----------------------------------------------------------------------------------


@pytest.mark.parametrize("type_name", ["BN", "SyncBN"])
def test_training_normalizes_by_the_batch_and_keeps_a_share_of_it(type_name, x):
    run = bn(x, STATED, type_name=type_name)
    means, variances = plain_moments(x)
    np.testing.assert_allclose(run.top[0].data, oracle(x, means, variances, 0.5), rtol=1e-9)
    for blob, value in zip(run.layer.blobs_[2:], (7, 8), strict=True):
        blob.data.fill(value)
    run.forward()
    _, _, mean, variance = data(run)
    np.testing.assert_allclose(mean.ravel(), 0.75 * 7 + 0.25 * np.array(means), rtol=1e-9)
    np.testing.assert_allclose(variance.ravel(), 0.75 * 8 + 0.25 * np.array(variances), rtol=1e-9)


def test_the_defaults(x):
    run, means = bn(x), plain_moments(x)[0]
    np.testing.assert_allclose(data(run)[2].ravel(), 0.1 * np.array(means), rtol=1e-6)
    assert not data(run)[0].any()


@pytest.mark.parametrize(("frozen", "phase"), [("", "TEST"), ("frozen: true", "TRAIN")])
@pytest.mark.parametrize("in_place", [False, True])
def test_what_is_kept_is_used_and_stays(frozen, phase, in_place, x):
    run = bn(x, f"{STATED} {frozen}", phase=phase)
    means, variances = (1, 2, 3), (0.5, 1, 2)
    run = bn(x, f"{STATED} {frozen}", phase=phase, in_place=in_place)
    run.layer.blobs_[2].data.ravel()[:] = means
    run.layer.blobs_[3].data.ravel()[:] = variances
    run.bottom[0].data[...] = x
    run.forward()
    expected = oracle(x, means, variances, 0.5)
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-9)
    np.testing.assert_array_equal(data(run)[2].ravel(), means)
    factor, shift = run.layer.channel_affine()
    np.testing.assert_allclose(x * factor[:, None, None] + shift[:, None, None], expected)
    run.top[0].diff[...] = 1
    run.backward()
    slopes = 2 / (np.array(variances) + 0.5) ** 0.5
    np.testing.assert_allclose(run.bottom[0].diff, np.ones_like(x) * slopes[:, None, None])


def test_kept_variances_start_at_0_and_frozen_at_1(x):
    assert not bn(x, STATED, phase="TEST").layer.blobs_[3].data.any()
    assert (bn(x, f"{STATED} frozen: true").layer.blobs_[3].data == 1).all()


@pytest.mark.parametrize(("frozen", "rates"), [("false", [1, 1, 0, 0]), ("true", [0, 0, 0, 0])])
def test_statistics_are_not_learned_and_frozen_learns_nothing(frozen, rates):
    text = f"""
        layer {{ name: "x" type: "Input" top: "x" input_param {{ shape {{ dim: 2 dim: 3 }} }} }}
        layer {{ name: "bn" type: "BN" bottom: "x" top: "y" param {{ lr_mult: 1 }}
            bn_param {{ frozen: {frozen} }} }}"""
    net = blobnet.Net(parse_net(text), "TRAIN")
    assert [spec.lr_mult for spec in net.layers[1].layer_param_.param] == rates
    assert [spec.decay_mult for spec in net.layers[1].layer_param_.param] == rates


def test_an_empty_batch_keeps_what_is_kept():
    run = bn(np.empty((0, 3, 2, 2)), STATED)
    assert not data(run)[2].any()


CONVOLUTION = f"""
    layer {{ name: "x" type: "Input" top: "x"
            input_param {{ shape {{ dim: 1 dim: 2 dim: 4 dim: 4 }} }} }}
    layer {{ name: "c" type: "Convolution" bottom: "x" top: "c"
            convolution_param {{ num_output: 3 kernel_size: 1
                                weight_filler {{ type: "gaussian" std: 1 }} }} }}
    layer {{ name: "bn" type: "BN" bottom: "c" top: "c" bn_param {{ {STATED} }} }}
"""


def convolved(x, **options):
    net = blobnet.Net(parse_net(CONVOLUTION), "TEST", seed=1, **options)
    for blob, value in zip(net.layers[2].blobs_[2:], (0.5, 2), strict=True):
        blob.data.fill(value)
    return net, net.forward(x=x)["c"].copy()


def test_the_inference_mode_folds_it_into_a_convolution(rng):
    x = rng.normal(size=(1, 2, 4, 4)).astype(np.float32)
    (_, expected), (net, found) = convolved(x), convolved(x, inference=True)
    assert [wired.layer.name for wired in net.wired if wired.fused] == ["bn"]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("shape", [(1, 3), (3,), (1, 3, 1, 1)])
def test_weights_of_any_fork_fit(shape):
    """TSN and caffe-windows store (1, C), PSPNet (1, C, 1, 1)."""
    net = blobnet.Net(parse_net(CONVOLUTION), "TEST")
    stored = net.to_proto()
    for index, proto in enumerate(stored.layer[2].blobs):
        proto.shape.dim[:] = shape
        proto.data[:] = [index, 1, 2]
    net.copy_from(stored)
    assert [blob.data.ravel()[0] for blob in net.layers[2].blobs_] == [0, 1, 2, 3]


# --- ParseNet and old caffe-windows ---------------------------------------------------------------


def test_parsenet_has_its_own_eps(x):
    run = bn(x, f"{SEGNET} var_eps: 0.5")
    np.testing.assert_allclose(run.top[0].data, oracle(x, *plain_moments(x), 0.5), rtol=1e-9)


def test_each_place_by_itself(x):
    run = bn(x, f"{SEGNET} var_eps: 0.5 across_spatial: false")
    assert run.layer.blobs_[0].shape == (1, 3, 2, 5)
    centered = x - x.mean(axis=0)
    expected = 2 * centered / np.sqrt((centered**2).mean(axis=0) + 0.5) + 1
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-9)


def test_the_average_of_parsenet_goes_with_the_state(x):
    options = f"{SEGNET} var_eps: 0.5 moving_average: true decay: 0.75"
    run = bn(x, options)
    means, variances = (0.75 * np.array(values) for values in plain_moments(x))
    later = bn(x, options, phase="TEST")
    np.testing.assert_allclose(later.top[0].data, 2 * x / 0.5**0.5 + 1)  # it has seen no batch
    later.layer.set_state(run.layer.get_state())
    later.forward()
    np.testing.assert_allclose(later.top[0].data, oracle(x, means, variances, 0.5), rtol=1e-9)


# --- HydraPlus-Net --------------------------------------------------------------------------------

FOUR_RATES = "param {} param {} param {} param {}"


def of_hydraplus(x, options, phase, weights=(2, 1, 0, 0)):
    run = run_layer(f'type: "BN" {FOUR_RATES} bn_param {{ {options} }}', x, phase=phase)
    for blob, value in zip(run.layer.blobs_, weights, strict=True):
        blob.data[...] = value
    run.forward()
    return run


@pytest.mark.parametrize("is_averaging", [False, True])
def test_hydraplus_net_keeps_the_average_as_weights(is_averaging, x):
    options = f"var_eps: 0.5 moving_average: {str(is_averaging).lower()} decay: 0.25"
    run = of_hydraplus(x, options, "TRAIN", weights=(2, 1, 3, 4))
    means, variances = plain_moments(x)
    np.testing.assert_allclose(run.top[0].data, oracle(x, means, variances, 0.5), rtol=1e-9)
    kept = 0.25 * np.array(means) + 0.75 * 3, 0.25 * np.array(variances) + 0.75 * 4
    np.testing.assert_allclose([blob.data.ravel() for blob in run.layer.blobs_[2:]], kept)
    rates = [spec.lr_mult for spec in run.layer.layer_param_.param]
    assert rates == [1, 1, 0, 0]

    later = of_hydraplus(x, options, "TEST", weights=(2, 1, 3, 4))
    used = ([3] * 3, [4] * 3) if is_averaging else (means, variances)
    np.testing.assert_allclose(later.top[0].data, oracle(x, *used, 0.5), rtol=1e-9)
    assert [blob.data.max() for blob in later.layer.blobs_[2:]] == [3, 4]


# --- bad input ------------------------------------------------------------------------------------


def test_other_channels_are_refused(x):
    run = bn(x, STATED)
    run.bottom[0].reshape((4, 2, 2, 5))
    with pytest.raises(LayerError, match=r'BN layer "bn": .*\n.*expected: shape \(N, 3, \.\.\.\)'):
        run.forward()


def test_other_places_are_refused_where_each_has_a_factor(x):
    run = bn(x, "across_spatial: false")
    run.bottom[0].reshape((4, 3, 5, 2))
    with pytest.raises(LayerError, match=r"expected: \(N, 3, 2, 5\)"):
        run.forward()


@pytest.mark.parametrize("options", [STATED, "across_spatial: false", "var_eps: 1"])
def test_statistics_as_tops_are_segnets_alone(options, x):
    with pytest.raises(LayerError, match="at most 1 top"):
        bn(x, options, num_top=2)


@pytest.mark.parametrize("average", [None, [[1.0] * 3], [[1.0] * 3, ["x"] * 3], 7])
def test_a_state_of_another_layer_is_refused(average, x):
    run = bn(x, "moving_average: true")
    with pytest.raises(LayerError, match="the state to go on from is none of this layer's"):
        run.layer.set_state({**run.layer.get_state(), "average": average})
