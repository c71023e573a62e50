import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

FILLER = 'gain_filler { type: "constant" value: 1 }'


def gain_channel(options, x, **more):
    param = f"num_output_nz: 2 {FILLER} {options}"
    return run_layer(f'name: "g" type: "GainChannel" gain_channel_param {{ {param} }}', x, **more)


def gains(run):
    return run.layer.blobs_[0].data.ravel()


@pytest.fixture
def x(rng):
    return rng.normal(size=(2, 4, 3, 5))


@pytest.mark.parametrize("in_place", [False, True])
def test_gains_are_raised_and_brought_to_a_mean_of_one(in_place, x):
    run = gain_channel("thresh: 0.5", x)
    gains(run)[:] = [-3, 0.5, 1, 4]
    if in_place:
        run.top = run.bottom
    run.forward()
    expected = np.array([0.5, 0.5, 1, 4]) * 4 / 6
    np.testing.assert_allclose(gains(run), expected)
    np.testing.assert_allclose(run.top[0].data, x * expected[:, None, None])


def test_without_a_mean_they_are_raised_alone(x):
    run = gain_channel("norm_mean: false", x)
    gains(run)[:] = [0, 2, 3, 4]
    run.forward()
    np.testing.assert_allclose(gains(run), [0.001, 2, 3, 4], rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "drift", "centered"),
    [
        ("norm_mean: false", 0, False),
        ("norm_mean: false drift: 0.5", 0.5, False),
        ("drift: 0.5", 0.5, True),
    ],
)
def test_small_gains_drift_and_the_mean_goes(options, drift, centered, x, rng):
    run = gain_channel(options, x)
    gains(run)[:] = [0.7, 0.9, 1.1, 1.3]
    run.forward()
    run.top[0].diff[...] = dy = rng.normal(size=x.shape)
    run.layer.blobs_[0].diff.fill(1)
    run.backward()
    expected = (dy * x).sum(axis=(0, 2, 3)) + drift * np.array([1, 1, 0, 0])
    if centered:
        expected -= expected.mean()
    np.testing.assert_allclose(run.layer.blobs_[0].diff.ravel(), 1 + expected)
    np.testing.assert_allclose(run.bottom[0].diff, dy * gains(run)[:, None, None])


def test_noise_is_that_of_the_layer(x):
    run = gain_channel("norm_mean: false stdev: 2", x)
    found = []
    for _ in range(500):
        run.layer.blobs_[0].diff.fill(0)
        run.top[0].diff.fill(0)
        run.backward()
        found.append(run.layer.blobs_[0].diff.ravel().copy())
    assert abs(np.mean(found)) < 0.2
    assert abs(np.std(found) - 2) < 0.2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("drift: -1", "drift needs to be non-negative"),
        ("stdev: nan", "stdev needs to be non-negative"),
        ("thresh: 0", "Gain threshold needs to be positive"),
    ],
)
def test_bad_settings_are_refused(options, words, x):
    with pytest.raises(LayerError, match=f'GainChannel layer "g": {words}'):
        gain_channel(options, x)


def test_what_must_be_stated(x):
    with pytest.raises(LayerError, match=r"channels that are to stay\n.*1 to 4"):
        run_layer(f'type: "GainChannel" gain_channel_param {{ {FILLER} }}', x)
    with pytest.raises(LayerError, match="Need to specify the gain filler"):
        run_layer('type: "GainChannel" gain_channel_param { num_output_nz: 1 }', x)
