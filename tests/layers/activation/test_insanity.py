import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def insanity(x, options="", **more):
    return run_layer(f'name: "act" type: "Insanity" insanity_param {{ {options} }}', x, **more)


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize(("low", "high"), [(2, 3), (-3, -2)])
def test_in_training_negative_values_are_divided_by_what_is_drawn(low, high, in_place):
    x = np.array([[-1.0] * 2000 + [7.0] * 10])
    run = insanity(x, f"lb: {low} ub: {high}", in_place=in_place)
    y = run.top[0].data[0].copy()
    drawn = -1 / y[:2000]
    assert low <= drawn.min() < low + 0.1
    assert high - 0.1 < drawn.max() <= high
    assert abs(drawn.mean() - (low + high) / 2) < 0.05
    np.testing.assert_array_equal(y[2000:], 7)
    run.top[0].diff[...] = 3
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff[0, :2000], 3 / drawn)
    np.testing.assert_array_equal(run.bottom[0].diff[0, 2000:], 3)


def test_every_forward_draws_anew():
    run = insanity(np.full((1, 5), -1.0))
    first = run.top[0].data.copy()
    run.forward()
    assert (first != run.top[0].data).all()


@pytest.mark.parametrize(("low", "high"), [(5, 10), (-4, 2), (-2, 2)])
def test_in_a_test_the_mean_counts(low, high):
    run = insanity([[-2.0, 2.0, 0.0]], f"lb: {low} ub: {high}", phase="TEST")
    mean = (math.log(abs(high)) - math.log(abs(low))) / (high - low)
    np.testing.assert_allclose(run.top[0].data, [[-2 * mean, 2, 0]], atol=1e-7)
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [[mean, 1, mean]], atol=1e-7)


@pytest.mark.parametrize(
    ("options", "words"),
    [("lb: 3 ub: 3", "upper bound must"), ("lb: 0 ub: 2", "bound must not be 0")],
)
def test_bounds_that_make_no_sense(options, words):
    with pytest.raises(LayerError, match=words):
        insanity([[1.0]], options)


def test_one_axis_is_too_few():
    with pytest.raises(LayerError, match="must be >=2"):
        insanity([1.0, 2.0])


def test_rrelu_is_another_name_for_it(rng):
    x = -rng.uniform(1, 2, size=(4, 50))
    text = 'type: "RReLU" rrelu_param { lb: 10 ub: 30 }'
    slopes = x / run_layer(text, x, phase="TRAIN").top[0].data
    assert 10 < slopes.min() < 14 < 26 < slopes.max() < 30
    tested = run_layer(text, x, phase="TEST").top[0].data
    np.testing.assert_allclose(tested, x / (20 / (math.log(30) - math.log(10))))
