import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

ALPHA = -1.75809932


def dropped(x, ratio=0.1, **more):
    options = f"selu_dropout_param {{ dropout_ratio: {ratio:g} }}"
    return run_layer(f'name: "drop" type: "SeLuDropout" {options}', x, **more)


@pytest.mark.parametrize("in_place", [False, True])
def test_values_are_kept_or_alpha_then_moved(rng, in_place):
    x = rng.normal(size=5000)
    run = dropped(x.copy(), 0.3, phase="TRAIN", in_place=in_place)
    a = (0.7 * (1 + ALPHA**2 * 0.3)) ** -0.5
    b = -a * 0.3 * ALPHA
    y = run.top[0].data.copy()
    replaced = np.isclose(y, a * ALPHA + b, rtol=1e-6)
    assert 0.27 < replaced.mean() < 0.33
    np.testing.assert_allclose(y[~replaced], a * x[~replaced] + b, rtol=1e-6, atol=1e-6)
    run.top[0].diff[...] = 2
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, np.where(replaced, 0, 2 * a), rtol=1e-6)


def test_it_keeps_mean_and_variance(rng):
    y = dropped(rng.normal(size=200_000), phase="TRAIN").top[0].data
    assert abs(y.mean()) < 0.02
    assert abs(y.var() - 1) < 0.03


def test_in_test_nothing_changes(rng):
    x = rng.normal(size=(3, 4))
    run = dropped(x, phase="TEST")
    np.testing.assert_array_equal(run.top[0].data, x)
    run.top[0].diff[...] = x
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, x)


@pytest.mark.parametrize("ratio", [0, 1, 2, -0.5])
def test_a_ratio_that_is_no_probability_is_refused(ratio):
    with pytest.raises(LayerError, match="dropout_ratio is the probability"):
        dropped(np.zeros(3), ratio)
