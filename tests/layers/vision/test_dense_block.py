"""The block is compared with a net of the layers that it stands for."""

import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from blobnet.testing import run_layer

SIZES = "numTransition: 3 initChannel: 4 growthRate: 2"
SHAPE = (3, 4, 5, 6)


def block(x, options="", **more):
    text = (
        'name: "it" type: "DenseBlock" denseblock_param { '
        'Filter_Filler { type: "gaussian" std: 0.3 } BN_Scaler_Filler { value: 1 } '
        f"{options or SIZES} }}"
    )
    return run_layer(text, x, **more)


def step(t, bottom, *, narrow):
    """The text of one step as separate layers."""

    def norm(name, below):
        return f"""
            layer {{ name: "{name}" type: "BatchNorm" bottom: "{below}" top: "{name}" }}
            layer {{ name: "{name}/s" type: "Scale" bottom: "{name}" top: "{name}/s"
              scale_param {{ bias_term: true }} }}
            layer {{ name: "{name}/r" type: "ReLU" bottom: "{name}/s" top: "{name}/r" }}"""

    text, below = norm(f"n{t}", bottom), f"n{t}/r"
    if narrow:
        text += f"""
            layer {{ name: "c{t}" type: "Convolution" bottom: "{below}" top: "c{t}"
              convolution_param {{ num_output: 8 kernel_size: 1 bias_term: false }} }}"""
        text, below = text + norm(f"m{t}", f"c{t}"), f"m{t}/r"
    return f"""{text}
        layer {{ name: "w{t}" type: "Convolution" bottom: "{below}" top: "w{t}"
          convolution_param {{ num_output: 2 kernel_size: 3 pad: 1 bias_term: false }} }}
        layer {{ name: "y{t}" type: "Concat" bottom: "{bottom}" bottom: "w{t}" top: "y{t}" }}"""


def separate(run, *, narrow, phase):
    """The net of layers with the block's weights."""
    steps = [step(t, f"y{t - 1}" if t else "x", narrow=narrow) for t in range(3)]
    text = f"""
        force_backward: true
        layer {{ name: "x" type: "Input" top: "x"
          input_param {{ shape {{ dim: 3 dim: 4 dim: 5 dim: 6 }} }} }} {"".join(steps)}"""
    net = blobnet.Net(blobnet.parse_net(text), phase, dtype=np.float64)
    blobs = run.layer.blobs_
    for t in range(3):
        for name, first in ((f"n{t}", 1), *([(f"m{t}", 6)] if narrow else [])):
            scale, bias, mean, variance = (blobs[(first + i) * 3 + t].data for i in range(4))
            net.params[name][0].data[...] = mean.ravel()
            net.params[name][1].data[...] = variance.ravel()
            net.params[name][2].data[...] = blobs[-1].data or 1
            net.params[f"{name}/s"][0].data[...] = scale.ravel()
            net.params[f"{name}/s"][1].data[...] = bias.ravel()
        net.params[f"w{t}"][0].data[...] = blobs[t].data
        if narrow:
            net.params[f"c{t}"][0].data[...] = blobs[15 + t].data
    net.blobs["x"].data[...] = run.bottom[0].data
    return net


def draw_weights(run, rng, weight=0.0):
    for blob in run.layer.blobs_:
        blob.data[...] = rng.uniform(0.3, 1, blob.shape) * rng.choice([1, -1], blob.shape)
    for group in (4, 9):
        for blob in run.layer.blobs_[group * 3 : group * 3 + 3]:
            np.abs(blob.data, out=blob.data)
    run.layer.blobs_[-1].data[...] = weight


@pytest.mark.parametrize("narrow", [True, False])
@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
@pytest.mark.parametrize("weight", [0, 2.5])
def test_the_block_is_its_layers(narrow, phase, weight, rng):
    run = block(rng.normal(size=SHAPE), f"{SIZES} use_BC: {str(narrow).lower()}", phase=phase)
    draw_weights(run, rng, weight)
    net = separate(run, narrow=narrow, phase=phase)
    run.forward()
    net.forward()
    np.testing.assert_allclose(run.top[0].data, net.blobs["y2"].data, rtol=1e-6, atol=1e-9)
    run.top[0].diff[...] = rng.normal(size=run.top[0].shape)
    net.blobs["y2"].diff[...] = run.top[0].diff
    run.backward()
    net.backward()
    close = {"rtol": 1e-5, "atol": 1e-8}
    np.testing.assert_allclose(run.bottom[0].diff, net.blobs["x"].diff, **close)
    for t in range(3):
        for name, index in ((f"w{t}", t), *([(f"c{t}", 15 + t)] if narrow else [])):
            expected = net.params[name][0].diff
            np.testing.assert_allclose(run.layer.blobs_[index].diff, expected, **close)
        for i in range(2):
            found = run.layer.blobs_[(1 + i) * 3 + t].diff.ravel()
            np.testing.assert_allclose(found, net.params[f"n{t}/s"][i].diff, **close)


@pytest.mark.parametrize(("weight", "kept", "new", "after"), [(0, 0.8, 0.2, 0), (2.5, 0.2, 1, 1.5)])
def test_statistics_are_averages_or_sums(weight, kept, new, after, rng):
    x = rng.normal(size=SHAPE)
    run = block(x, f"{SIZES} moving_average_fraction: 0.2")
    draw_weights(run, rng, weight)
    mean, variance = run.layer.blobs_[9].data.ravel(), run.layer.blobs_[12].data.ravel()
    expected_mean = kept * mean + new * x.mean(axis=(0, 2, 3))
    expected_variance = kept * variance + new * x.var(axis=(0, 2, 3), ddof=1)
    run.forward()
    np.testing.assert_allclose(run.layer.blobs_[9].data.ravel(), expected_mean)
    np.testing.assert_allclose(run.layer.blobs_[12].data.ravel(), expected_variance)
    np.testing.assert_allclose(run.layer.blobs_[-1].data, [after])


@pytest.mark.parametrize("narrow", [True, False])
def test_the_solver_leaves_statistics_alone(narrow, rng):
    layer = block(rng.normal(size=SHAPE), f"{SIZES} use_BC: {str(narrow).lower()}").layer
    assert len(layer.blobs_) == (31 if narrow else 16)
    learned = [spec.lr_mult for spec in layer.layer_param_.param]
    stored = [9, 10, 11, 12, 13, 14, *(range(24, 31) if narrow else [15])]
    assert learned == [0.0 if i in stored else 1.0 for i in range(len(layer.blobs_))]


def test_in_training_what_a_step_makes_is_dropped(rng):
    run = block(rng.normal(size=SHAPE), f"{SIZES} use_dropout: true dropout_amount: 0.5")
    made = run.top[0].data[:, 4:]
    assert 0.3 < np.mean(made == 0) < 0.7
    np.testing.assert_array_equal(run.top[0].data[:, :4], run.bottom[0].data)
    run.top[0].diff[:, :8] = 0
    run.top[0].diff[:, 8:] = made[:, 4:] == 0  # nothing comes through what was dropped
    run.backward()
    np.testing.assert_array_equal(run.layer.blobs_[2].diff, 0)


def test_in_test_nothing_is_dropped(rng):
    x = rng.normal(size=SHAPE)
    options = f"{SIZES} use_dropout: true dropout_amount: 0.5"
    assert (block(x, options, phase="TEST").top[0].data[:, 4:] != 0).mean() > 0.9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("numTransition: 0", "must be at least 1"),
        (f"{SIZES} use_dropout: true dropout_amount: 1", "dropout_amount must be"),
    ],
)
def test_wrong_settings_are_refused(options, message, rng):
    with pytest.raises(LayerError, match=f'"it": .*{message}'):
        block(rng.normal(size=SHAPE), options)


def test_the_channels_are_those_of_the_bottom(rng):
    x = rng.normal(size=SHAPE)
    run = block(x, SIZES.replace("initChannel: 4", "initChannel: 7"))
    np.testing.assert_array_equal(run.top[0].data, block(x, SIZES).top[0].data)
    run.bottom[0].reshape((1, 5, 4, 4))
    with pytest.raises(LayerError, match="another number of channels"):
        run.forward()


def test_statistics_cannot_be_learned(rng):
    params = "param {} " * 10
    with pytest.raises(LayerError, match=r"statistics cannot be learned(.*\n)*.*param 9"):
        run_layer(
            f'name: "it" type: "DenseBlock" {params} denseblock_param {{ {SIZES} }}',
            rng.normal(size=SHAPE),
        )
