import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def noise(options, x, **more):
    return run_layer(f'type: "Noise" noise_param {{ {options} }}', x, **more)


def test_gaussian_noise_is_as_strong_as_the_values(rng):
    x = 3 * rng.normal(size=(200, 200))
    run = noise("gaussian_std: 0.5 bias: 7", x)
    added = run.top[0].data - x
    assert abs(added.mean() - 7) < 0.05
    assert abs(added.std() - 0.5 * np.sqrt(np.square(x).mean())) < 0.02
    run.top[0].diff[...] = x
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, x)


def test_even_noise_is_within_its_range(rng):
    x = rng.normal(size=(100, 100))
    added = noise("uniform_range: 0.5 bias: 7", x).top[0].data - x
    assert 6.5 <= added.min() < 6.51
    assert 7.49 < added.max() <= 7.5


def test_a_bias_alone_adds_nothing():
    np.testing.assert_array_equal(noise("bias: 7", [[1.0, 2]]).top[0].data, [[1, 2]])


@pytest.mark.parametrize("options", ["gaussian_std: 1", "uniform_range: 1"])
def test_in_test_nothing_is_added(options):
    np.testing.assert_array_equal(noise(options, [[1.0, 2]], phase="TEST").top[0].data, [[1, 2]])


def test_of_the_opencl_branch_items_are_multiplied(rng):
    x = rng.normal(size=(5000, 2))
    run = noise("mu: 3 sigma: 0.5", x)
    factors = run.top[0].data / x
    np.testing.assert_allclose(factors[:, 0], factors[:, 1])
    assert abs(factors.mean() - 3) < 0.05
    assert abs(factors.std() - 0.5) < 0.05
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, factors)


def test_of_the_opencl_branch_nothing_is_left_in_test():
    run = noise("sigma: 0.5", [[1.0, 2]], phase="TEST")
    run.backward()
    assert not run.top[0].data.any()
    assert not run.bottom[0].diff.any()


@pytest.mark.parametrize("options", ["", "mu: 1 gaussian_std: 1"])
def test_it_has_to_be_said_which_it_is(options):
    with pytest.raises(LayerError, match="added or multiplied"):
        noise(options, [[1.0]])
