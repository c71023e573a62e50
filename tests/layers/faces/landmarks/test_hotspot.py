import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

POINTS = [[1.0, -2.0, 0.5, 3.0], [-3.0, 2.5, 40.0, 0.0]]


def hotspot(options, *bottoms):
    return run_layer(f'name: "it" type: "Hotspot" hotspot_param {{ {options} }}', *bottoms)


@pytest.mark.parametrize(("word", "middle"), [("true", 0.5), ("false", 0)])
@pytest.mark.parametrize("from_bottom", [True, False])
def test_a_bell_at_each_point(word, middle, from_bottom):
    size = "" if from_bottom else "output_height: 6 output_width: 5"
    more = [np.zeros((1, 1, 6, 5))] if from_bottom else []
    options = f"data_width: 10 data_height: 8 gaussian_std: 0.75 mean_removed: {word} {size}"
    run = hotspot(options, POINTS, *more)
    assert run.top[0].shape == (2, 2, 6, 5)
    for n, p, h, w in np.ndindex(2, 2, 6, 5):
        across = (POINTS[n][2 * p] / 10 + middle) * 5
        down = (POINTS[n][2 * p + 1] / 8 + middle) * 6
        far = (across - w) ** 2 + (down - h) ** 2
        value = math.exp(-0.5 * far / 0.75**2) / (2 * math.pi * 0.75**2)
        expected = value if value > 1e-4 else 0
        np.testing.assert_allclose(run.top[0].data[n, p, h, w], expected, atol=1e-15)
    assert not run.top[0].data[1, 1].any()


@pytest.mark.parametrize(
    ("options", "shape", "message"),
    [
        ("output_height: 2 output_width: 2", (2, 4), "size must be specified"),
        ("data_width: 2 data_height: 2", (2, 4), "one more bottom blob is needed"),
        ("data_width: 2 data_height: 2 output_height: 2 output_width: 2", (2, 3), "divided by 2"),
        ("data_width: 2 data_height: 2 gaussian_std: 0", (2, 4), "gaussian_std must not be 0"),
    ],
)
def test_what_does_not_fit_is_refused(options, shape, message):
    with pytest.raises(LayerError, match=f'"it": .*{message}'):
        hotspot(options, np.zeros(shape))


def test_there_is_no_gradient():
    run = hotspot("data_width: 2 data_height: 2 output_height: 2 output_width: 2", POINTS)
    with pytest.raises(LayerError, match="cannot compute gradients"):
        run.backward([True])
