import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

INF, NAN = np.inf, np.nan

# (base, scale, shift): with and without a factor inside, a factor outside
SETTINGS = [
    (-1, 1, 0),
    (-1, 0.5, 1.5),
    (2, 1, 0),
    (2, 3, -0.5),
    (0.25, -2, 1),
    (1, 2, 3),
    (5, 0, 2),
]


def exp(x, base=-1.0, scale=1.0, shift=0.0, **more):
    options = f"base: {base} scale: {scale} shift: {shift}"
    return run_layer(f'name: "ex" type: "Exp" exp_param {{ {options} }}', x, **more)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("in_place", [False, True])
def test_it_is_a_power_of_the_base(setting, in_place, rng):
    x = rng.normal(size=(2, 3, 4))
    base, scale, shift = setting
    run = exp(x, *setting, in_place=in_place)
    expected = [(math.e if base == -1 else base) ** (shift + scale * value) for value in x.flat]
    np.testing.assert_allclose(run.top[0].data.ravel(), expected, rtol=1e-12)


def test_the_default_is_the_exponential_function():
    run = run_layer('type: "Exp"', [0.0, 1.0, -2.0])
    np.testing.assert_allclose(run.top[0].data, [1, math.e, math.exp(-2)])


@pytest.mark.parametrize("setting", [(-1, 1, 0), (2, 3, 1)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_values_come_without_a_warning(dtype, setting):
    run = exp([-INF, -1e30, 1e30, INF, NAN], *setting, dtype=dtype)
    np.testing.assert_array_equal(run.top[0].data, [0, 0, INF, INF, NAN])
    run.top[0].diff[...] = [INF, 1, 1, 0, 1]
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, [NAN, 0, INF, NAN, NAN])


def test_a_factor_too_large_for_the_dtype_is_infinite():
    run = exp([-150.0], 2, 1, 200, dtype=np.float32)  # 2 ** 200 * 2 ** -150
    np.testing.assert_array_equal(run.top[0].data, [INF])
    np.testing.assert_allclose(exp([-150.0], 2, 1, 200).top[0].data, 2.0**50)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
def test_blobs_of_one_value_or_none(shape, in_place, setting):
    run = exp(np.zeros(shape), *setting, in_place=in_place)
    base, scale, shift = (math.e, *setting[1:]) if setting[0] == -1 else setting
    run.top[0].diff[...] = 1
    run.backward()
    expected = base**shift * math.log(base) * scale
    np.testing.assert_allclose(run.bottom[0].diff, np.full(shape, expected))


def test_another_batch_size_is_fine(rng):
    run = exp(rng.normal(size=(2, 3)), 2)
    run.bottom[0].reshape(5, 3)
    run.bottom[0].data[...] = 3
    run.forward()
    np.testing.assert_allclose(run.top[0].data, np.full((5, 3), 8))


@pytest.mark.parametrize("base", ["0", "-2", "nan", "-inf"])
def test_a_base_of_zero_or_less_is_refused(base):
    with pytest.raises(LayerError, match=rf'"ex": base must be strictly positive\.(.*\n)*.*{base}'):
        exp([1.0], base)


def test_an_infinite_base_is_refused():
    with pytest.raises(LayerError, match=r'"ex": Inf result: log\(base\) = log\(inf\) = inf'):
        exp([1.0], "inf")


def test_it_takes_one_blob():
    with pytest.raises(LayerError, match=r"Exp Layer takes 1 bottom blob\(s\)"):
        run_layer('type: "Exp"', [1.0], [2.0])
