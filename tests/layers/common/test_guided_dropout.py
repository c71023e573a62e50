import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def guided(options, x, guidance, **more):
    text = f'name: "drop" type: "GuidedDropout" guided_dropout_param {{ {options} }}'
    return run_layer(text, x, guidance, **more)


GUIDANCE = [[0.5, -1, 2], [-1, -1, -1]]


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
@pytest.mark.parametrize(
    ("options", "factors"),
    [
        ("", [[1.5, 0, 1.5], [0, 0, 0]]),
        ("guidance_threshold: 1", [[0, 0, 3], [0, 0, 0]]),
        ("guidance_threshold: -1.5", [[1, 1, 1], [1, 1, 1]]),
    ],
)
def test_channels_are_kept_above_the_threshold(options, factors, phase, rng):
    x = rng.uniform(1, 2, (2, 3, 2))
    run = guided(options, x, np.reshape(GUIDANCE, (2, 3, 1, 1)), phase=phase)
    factors = np.array(factors, float)[:, :, None]
    np.testing.assert_allclose(run.top[0].data, x * factors)
    run.top[0].diff[...] = 2
    run.backward([True, False])
    np.testing.assert_allclose(run.bottom[0].diff, np.broadcast_to(2 * factors, x.shape))


def test_channels_are_kept_at_random(rng):
    guidance = [[1.0, -2, 0.5]] * 4000
    run = guided('type: "stochastic" sigmoid_scaler: 0.5', np.ones((4000, 3)), guidance)
    kept = [1 / (1 + math.exp(-each / 2)) for each in guidance[0]]
    y = run.top[0].data
    np.testing.assert_allclose(y[y != 0], 3 / sum(kept))
    assert abs((y != 0).mean(axis=0) - kept).max() < 5 * math.sqrt(0.25 / 4000)
    before = y.copy()
    run.forward()
    assert (run.top[0].data != before).any()


def test_in_a_test_nothing_is_drawn(rng):
    x = rng.normal(size=(2, 3))
    run = guided('type: "stochastic"', x, GUIDANCE, phase="TEST")
    np.testing.assert_array_equal(run.top[0].data, x)


def test_bad_settings_and_shapes():
    with pytest.raises(LayerError, match="deterministic or stochastic"):
        guided('type: "random"', np.ones((2, 3)), GUIDANCE)
    for x in (np.ones((2, 4)), np.ones(2)):
        with pytest.raises(LayerError, match="one guidance for each channel"):
            guided("", x, GUIDANCE)
