import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

TEXT = 'type: "ScaleTanH" scale_tanh_param { init_scale: 0.5 step_size: 3 gamma: 2 power: 0.5 }'


def test_it_becomes_steeper(rng):
    x = rng.normal(size=5)
    run = run_layer(TEXT, x)  # its first forward has number 2
    for number in range(2, 12):
        steps = number // 3 * 3
        scale = 0.5 * (1 + 2 * steps) ** 0.5
        np.testing.assert_allclose(run.top[0].data, np.tanh(scale * x), rtol=1e-12)
        run.top[0].diff[...] = 3
        run.backward()
        slope = 3 * scale * (1 - np.tanh(scale * x) ** 2)
        np.testing.assert_allclose(run.bottom[0].diff, slope, rtol=1e-9)
        state = run.layer.get_state()
        run.forward()
    other = run_layer(TEXT, x)
    other.layer.set_state(state)
    other.forward()
    np.testing.assert_array_equal(other.top[0].data, run.top[0].data)


def test_bad_settings():
    with pytest.raises(LayerError, match="step_size must be"):
        run_layer('type: "ScaleTanH" scale_tanh_param { step_size: 0 }', np.ones(2))
