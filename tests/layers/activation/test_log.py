import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

INF, NAN = np.inf, np.nan

# (base, scale, shift)
SETTINGS = [(-1, 1, 0), (-1, 0.5, 1.5), (2, 1, 0), (10, 3, 0.5), (0.25, -2, 9), (2, 0, 3)]


def log(x, base=-1.0, scale=1.0, shift=0.0, **more):
    options = f"base: {base} scale: {scale} shift: {shift}"
    return run_layer(f'name: "lo" type: "Log" log_param {{ {options} }}', x, **more)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("in_place", [False, True])
def test_it_is_a_logarithm_to_the_base(setting, in_place, rng):
    x = rng.uniform(0.1, 4, size=(2, 3, 4))
    base, scale, shift = setting
    run = log(x, *setting, in_place=in_place)
    expected = [math.log(shift + scale * v, math.e if base == -1 else base) for v in x.flat]
    np.testing.assert_allclose(run.top[0].data.ravel(), expected, rtol=1e-10, atol=1e-14)


def test_the_default_is_the_natural_logarithm():
    run = run_layer('type: "Log"', [1.0, 2.0, math.e])
    np.testing.assert_allclose(run.top[0].data, [0, math.log(2), 1])


@pytest.mark.parametrize("setting", [(-1, 1, 0), (2, 3, 0)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_has_no_logarithm_comes_without_a_warning(dtype, setting):
    run = log([-INF, -1.0, 0.0, INF, NAN], *setting, dtype=dtype)
    np.testing.assert_array_equal(run.top[0].data, [NAN, NAN, -INF, INF, NAN])
    run.top[0].diff[...] = [1, 1, 1, INF, 1]
    run.backward()
    finite = -1 / math.log(2) if setting[0] == 2 else -1
    np.testing.assert_allclose(run.bottom[0].diff, [0, finite, INF, NAN, NAN], rtol=1e-6)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
def test_blobs_of_one_value_or_none(shape, in_place, setting):
    run = log(np.full(shape, 2.0), *setting, in_place=in_place)
    base, scale, shift = (math.e, *setting[1:]) if setting[0] == -1 else setting
    run.top[0].diff[...] = 1
    run.backward()
    expected = scale / (math.log(base) * (shift + scale * 2))
    np.testing.assert_allclose(run.bottom[0].diff, np.full(shape, expected))


@pytest.mark.parametrize("in_place", [False, True])
def test_another_batch_size_is_fine(in_place, rng):
    run = log(rng.uniform(1, 2, size=(2, 3)), in_place=in_place)
    for batch in (5, 1):
        run.bottom[0].reshape(batch, 3)
        run.bottom[0].data[...] = [1, 2, 4]
        run.forward()
        run.top[0].diff[...] = 4
        run.backward()
        np.testing.assert_array_equal(run.bottom[0].diff, [[4, 2, 1]] * batch)


@pytest.mark.parametrize("base", ["0", "-2", "nan"])
def test_a_base_of_zero_or_less_is_refused(base):
    with pytest.raises(LayerError, match=rf'"lo": base must be strictly positive\.(.*\n)*.*{base}'):
        log([1.0], base)


def test_a_base_of_one_is_refused():
    with pytest.raises(LayerError, match=r'"lo": Inf result: 1/log\(base\) = 1/log\(1\) = inf'):
        log([1.0], 1)


def test_an_infinite_base_is_refused():
    with pytest.raises(LayerError, match=r'"lo": Inf result: log\(base\) = log\(inf\) = inf'):
        log([1.0], "inf")


def test_it_takes_one_blob():
    with pytest.raises(LayerError, match=r"Log Layer takes 1 bottom blob\(s\)"):
        run_layer('type: "Log"', [1.0], [2.0])
