import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def scaler(options, *x):
    text = f'type: "GradientScaler" gradient_scaler_param {{ {options} }}'
    return run_layer(text, *x, num_top=len(x))


def test_gradients_turn_round_step_by_step(rng):
    x, z = rng.normal(size=(2, 3)), rng.normal(size=4)
    run = scaler("lower_bound: 0.1 upper_bound: 0.8 alpha: 3 max_iter: 4", x, z)
    np.testing.assert_array_equal(run.top[0].data, x)
    np.testing.assert_array_equal(run.top[1].data, z)
    for iteration in range(6):
        progress = min(1, iteration / 4)
        c = 2 * 0.7 / (1 + math.exp(-3 * progress)) - 0.7 + 0.1
        for top in run.top:
            top.diff[...] = top.data
        run.backward([True, iteration % 2 == 0])
        np.testing.assert_allclose(run.bottom[0].diff, -c * x, rtol=1e-6)
        run.forward()
    other = scaler("lower_bound: 0.1 upper_bound: 0.8 alpha: 3 max_iter: 4", x, z)
    other.layer.set_state({**other.layer.get_state(), "iteration": 2})
    other.forward()
    other.top[1].diff[...] = 1
    other.backward([False, True])
    np.testing.assert_allclose(other.bottom[1].diff, -(1.4 / (1 + math.exp(-1.5)) - 0.6), rtol=1e-6)


def test_the_iterations_are_those_of_the_solver():
    run = scaler("max_iter: 100", np.ones(2))
    run.layer.progress = (50, 1000)
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, -(2 / (1 + math.exp(-5)) - 1), rtol=1e-6)


@pytest.mark.parametrize("options", ["lower_bound: 2", "alpha: -1", "max_iter: 0"])
def test_schedules_without_sense(options):
    with pytest.raises(LayerError, match="makes no sense"):
        scaler(options, np.ones(2))


@pytest.mark.parametrize("factor", [-0.1, 0, 2])
def test_a_factor_that_is_stated_takes_the_place_of_the_schedule(factor, rng):
    run = scaler(f"scale_factor: {factor} lower_bound: 0.3 max_iter: 5", rng.normal(size=(2, 3)))
    run.forward()
    run.top[0].diff[...] = dy = rng.normal(size=(2, 3))
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, np.float32(factor) * dy, rtol=1e-6)
