import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

INF, NAN = np.inf, np.nan

# (power, scale, shift): each of them takes another way through forward or backward
SETTINGS = [
    (1, 1, 0),
    (1, -2, 3),
    (2, 1, 0),
    (2, 0.5, -0.75),
    (3, 1, 0),
    (3, -0.5, 0),
    (0.5, 1.25, 0),
    (0.37, 0.83, 2.5),
    (-1, 1, 0),
    (-0.75, 1, 1),
    (0, 2, 3),
    (3, 0, 2),
    (0, 0, 0),
]


def power(x, power=1.0, scale=1.0, shift=0.0, **more):
    return run_layer(
        f"""name: "pow" type: "Power"
        power_param {{ power: {power} scale: {scale} shift: {shift} }}""",
        x,
        **more,
    )


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("in_place", [False, True])
def test_it_is_a_power_of_a_linear_function(setting, in_place, rng):
    x = rng.uniform(0.1, 2, size=(2, 3, 4))
    exponent, scale, shift = setting
    run = power(x, *setting, in_place=in_place)
    expected = [(shift + scale * value) ** exponent for value in x.flat]
    np.testing.assert_allclose(run.top[0].data.ravel(), expected, rtol=1e-6)


def test_the_input_does_not_count_where_power_or_scale_is_zero():
    for settings, expected in {(0, 5, 7): 1, (0, 1, 0): 1, (2, 0, 3): 9, (2, 0, 0): 0}.items():
        run = power([1, NAN, -INF], *settings)
        run.top[0].diff[...] = NAN
        run.bottom[0].diff[...] = NAN
        run.backward()
        np.testing.assert_array_equal(run.top[0].data, [expected] * 3)
        np.testing.assert_array_equal(run.bottom[0].diff, [0, 0, 0])


@pytest.mark.parametrize(("shift", "expected"), [(0, INF), (-1, NAN)])
def test_a_constant_that_is_no_number_comes_without_a_warning(shift, expected):
    run = power([1.0, 2.0], -0.5, 0, shift)
    np.testing.assert_array_equal(run.top[0].data, [expected] * 2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_fraction_as_the_power_of_a_negative_number_is_nan(dtype):
    run = power([-4.0, 0.0, 4.0], 0.5, dtype=dtype)
    np.testing.assert_array_equal(run.top[0].data, [NAN, 0, 2])
    run.top[0].diff[...] = 1
    run.backward()  # power * y / x
    np.testing.assert_array_equal(run.bottom[0].diff, [NAN, NAN, 0.25])


def test_zero_to_a_negative_power_is_infinite():
    np.testing.assert_array_equal(power([0.0, 2.0], -1).top[0].data, [INF, 0.5])


def test_too_large_a_result_is_infinite():
    run = power([1e30, -1e30], 3, dtype=np.float32)
    np.testing.assert_array_equal(run.top[0].data, [INF, -INF])


def test_the_gradient_at_zero_is_that_of_caffe_formulas():
    gradients = {(2, 1, 0): 0, (3, 1, 0): NAN, (1, 4, 0): 4, (3, 1, 2): 12}
    for settings, expected in gradients.items():
        run = power([0.0], *settings)
        run.top[0].diff[...] = 1
        run.backward()
        np.testing.assert_array_equal(run.bottom[0].diff, [expected], err_msg=str(settings))


def test_the_default_is_the_identity(rng):
    x = rng.normal(size=(2, 3))
    np.testing.assert_array_equal(run_layer('type: "Power"', x).top[0].data, x)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
def test_blobs_of_one_value_or_none(shape, setting):
    run = power(np.full(shape, 0.7), *setting)
    run.top[0].diff[...] = 1
    run.backward()
    expected = math.pow(setting[2] + setting[1] * 0.7, setting[0])
    np.testing.assert_allclose(run.top[0].data, np.full(shape, expected), rtol=1e-6)


def test_it_takes_one_blob():
    with pytest.raises(LayerError, match=r"Power Layer takes 1 bottom blob\(s\)"):
        run_layer('type: "Power"', [1.0], [2.0])
