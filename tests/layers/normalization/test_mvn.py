import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import LayerRun, run_layer

IMAGE = (2, 3, 4, 5)
OPTIONS = [
    f"across_channels: {across} normalize_variance: {variance}"
    for across in ("false", "true")
    for variance in ("true", "false")
]


def mvn(options: str, x, **more) -> LayerRun:
    return run_layer(f'name: "mvn" type: "MVN" mvn_param {{ {options} }}', x, **more)


def groups(x, options):
    """The values that are normalized together, as views."""
    four = x.reshape(x.shape + (1,) * (4 - x.ndim))
    if "across_channels: true" in options:
        return list(four)
    return [channel for image in four for channel in image]


def deviation(values) -> float:
    mean = math.fsum(values.flat) / values.size
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values.flat) / values.size)


def oracle(x, options, eps=1e-9):
    y = x.copy()
    for values in groups(y, options):
        mean, std = math.fsum(values.flat) / values.size, deviation(values)
        values -= mean
        if "normalize_variance: false" not in options:
            values /= std + eps
    return y.reshape(x.shape + (1,) * (4 - x.ndim))


@pytest.mark.parametrize("options", ["", *OPTIONS])
@pytest.mark.parametrize("shape", [IMAGE, (1, 2, 3, 3), (2, 3, 4)])
@pytest.mark.parametrize("in_place", [False, True])
def test_every_group_has_mean_zero_and_variance_one(options, shape, in_place, rng):
    x = rng.normal(size=shape) * 3 + 2
    run = mvn(options, x, in_place=in_place)
    np.testing.assert_allclose(run.top[0].data, oracle(x, options), atol=1e-8)


def test_eps_is_added_to_the_deviation_not_to_the_variance(rng):
    x = rng.normal(size=IMAGE)
    run = mvn("eps: 0.5", x)
    np.testing.assert_allclose(run.top[0].data, oracle(x, "", 0.5), rtol=1e-12)


def test_eps_may_be_added_to_the_variance(rng):
    x = rng.normal(size=IMAGE)
    y = mvn("eps: 0.5 add_eps_before_sqrt: true", x).top[0].data
    for values, found in zip(groups(x, ""), groups(y, ""), strict=True):
        expected = (values - values.mean()) / math.sqrt(deviation(values) ** 2 + 0.5)
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 6), (4,), ()])
@pytest.mark.parametrize("in_place", [False, True])
def test_the_top_has_four_axes(shape, in_place, rng):
    run = mvn("across_channels: true", rng.normal(size=shape), in_place=in_place)
    assert run.top[0].shape == shape + (1,) * (4 - len(shape))
    run.top[0].diff[...] = 1
    run.backward()


def test_a_channel_of_one_value_becomes_zero(rng):
    run = mvn("", rng.normal(size=(2, 6)))
    np.testing.assert_array_equal(run.top[0].data, np.zeros((2, 6, 1, 1)))


@pytest.mark.parametrize("options", OPTIONS)
def test_equal_values_become_zero(options):
    run = mvn(options, np.full(IMAGE, 0.1), dtype=np.float32)
    np.testing.assert_allclose(run.top[0].data, 0, atol=1e-7)


def test_a_large_eps_counts_as_in_caffe(rng):
    """Its gradient leaves out the factor 1 + eps / sqrt(variance) of the last part."""
    x, dy = rng.normal(size=(2, *IMAGE))
    run = mvn("eps: 0.5", x)
    run.top[0].diff[...] = dy
    run.backward()
    expected = dy.copy()
    for dx, y, values in zip(*(groups(a, "") for a in (expected, run.top[0].data, x)), strict=True):
        inner = math.fsum((dx * y).flat) / dx.size
        dx -= math.fsum(dx.flat) / dx.size + y * inner
        dx /= deviation(values) + 0.5
    np.testing.assert_allclose(run.bottom[0].diff, expected, rtol=1e-10)


def test_the_gradient_does_not_need_the_top(rng):
    run = mvn("", rng.normal(size=IMAGE))
    run.top[0].diff[...] = rng.normal(size=IMAGE)
    run.backward()
    expected = run.bottom[0].diff.copy()
    run.top[0].data[...] = 0  # by a layer that works in place
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, expected)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize(
    "shape", [(5, 3, 4, 5), (1, 1, 2, 9), (0, 3, 4, 5), (2, 0, 4, 5), (2, 3, 0, 5)]
)
def test_a_new_shape_is_fine(options, shape, rng):
    run = mvn(options, rng.normal(size=IMAGE))
    x = rng.normal(size=shape)
    run.bottom[0].reshape(shape)
    run.bottom[0].data[...] = x
    run.forward()
    run.top[0].diff[...] = 1
    run.backward()
    assert run.top[0].shape == shape
    if x.size:
        np.testing.assert_allclose(run.top[0].data, oracle(x, options), atol=1e-7)


@pytest.mark.parametrize("options", OPTIONS)
def test_what_is_infinite_becomes_nan_without_a_warning(options):
    run = mvn(options, np.array([np.inf, 1, 2]).reshape(1, 1, 1, 3))
    run.top[0].diff[...] = 1
    run.backward()
    assert np.isnan(run.top[0].data[0, 0, 0, 0])


def test_more_than_four_axes_are_refused(rng):
    with pytest.raises(LayerError, match=r'MVN layer "mvn".*at most 4 axes'):
        mvn("", rng.normal(size=(1, 2, 3, 4, 5)))
