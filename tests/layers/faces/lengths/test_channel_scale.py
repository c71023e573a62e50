import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def channel_scale(x, scale, options="", extra="", **more):
    text = f'name: "it" type: "ChannelScale" {extra} channel_scale_param {{ {options} }}'
    return run_layer(text, x, scale, **more)


def draw(rng):
    return rng.normal(size=(2, 3, 2, 2)), rng.normal(size=(2, 1, 2, 2))


def test_each_pixel_has_a_scale(rng):
    x, scale = draw(rng)
    run = channel_scale(x, scale)
    np.testing.assert_allclose(run.top[0].data, x * scale)


def test_parts_can_be_switched_off(rng):
    x, scale = draw(rng)
    off = "do_forward: false do_backward_feature: false do_backward_scale: false"
    run = channel_scale(x, scale, off)
    np.testing.assert_array_equal(run.top[0].data, x)
    run.top[0].diff[...] = rng.normal(size=x.shape)
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, run.top[0].diff)
    np.testing.assert_array_equal(run.bottom[1].diff, 0)


def test_the_global_scale_follows_the_mean(rng):
    x, scale = draw(rng)
    mean = np.abs(scale).mean()
    run = channel_scale(x, scale, "global_scale: true", num_top=2)
    np.testing.assert_allclose(run.top[1].data, [mean])
    np.testing.assert_allclose(run.top[0].data, x * mean)
    run.bottom[1].data[...] *= 3
    run.forward()
    np.testing.assert_allclose(run.top[1].data, [0.99 * mean + 0.01 * 3 * mean])
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, np.broadcast_to(3 * scale, x.shape))
    assert run.layer.layer_param_.param[0].lr_mult == 0


@pytest.mark.parametrize(
    ("bound", "expected"), [("max_global_scale: 0.125", 0.125), ("min_global_scale: 50", 50)]
)
def test_the_global_scale_has_bounds(bound, expected, rng):
    run = channel_scale(*draw(rng), f"global_scale: true {bound}", num_top=2)
    assert run.top[1].data == expected


def test_in_test_the_global_scale_stays(rng):
    x, scale = draw(rng)
    run = channel_scale(x, scale, "global_scale: true", phase="TEST")
    run.layer.blobs_[0].data[...] = 7
    run.forward()
    np.testing.assert_allclose(run.top[0].data, 7 * x)
    assert run.layer.blobs_[0].data == 7


@pytest.mark.parametrize(
    ("scale", "options", "extra", "more", "message"),
    [
        ((2, 3, 2, 2), "", "", {}, "a value for each pixel"),
        ((2, 1, 2, 2), "global_scale: true", "param {}", {}, "Cannot configure statistics"),
        ((2, 1, 2, 2), "", "", {"num_top": 2}, "second top is for global_scale"),
    ],
)
def test_what_does_not_fit_is_refused(scale, options, extra, more, message):
    with pytest.raises(LayerError, match=f'"it": .*{message}'):
        channel_scale(np.zeros((2, 3, 2, 2)), np.zeros(scale), options, extra, **more)
