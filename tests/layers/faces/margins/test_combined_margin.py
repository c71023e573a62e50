import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def combined(options, x, labels):
    return run_layer(f'type: "CombinedMargin" combined_margin_param {{ {options} }}', x, labels)


@pytest.mark.parametrize("margins", [(4, 0.5, 0.35), (1, 0, 0), (1.5, 0.25, 0.5)])
def test_three_margins_in_one(margins, rng):
    x = rng.uniform(-0.9, 0.9, (3, 2, 2))
    m1, m2, m3 = margins
    run = combined(f"m1: {m1} m2: {m2} m3: {m3}", x, [3, -1, 0])
    run.top[0].diff[...] = 2
    run.layer.backward(run.top, [True, False], run.bottom)
    expected, gradient = x.reshape(3, 4).copy(), np.full((3, 4), 2.0)
    for n, label in ((0, 3), (2, 0)):  # the second item has no class
        t = math.acos(expected[n, label])
        expected[n, label] = math.cos(m1 * t + m2) - m3
        gradient[n, label] *= m1 * math.sin(m1 * t + m2) / math.sin(t)
    np.testing.assert_allclose(run.top[0].data.reshape(3, 4), expected, rtol=1e-6)
    np.testing.assert_allclose(run.bottom[0].diff.reshape(3, 4), gradient, rtol=1e-6)


def test_what_is_no_cosine_has_no_angle():
    assert np.isnan(combined("", [[1.5, 0.0]], [0]).top[0].data).tolist() == [[True, False]]


def test_a_label_beyond_the_classes_is_refused():
    with pytest.raises(LayerError, match=r"(?s)is no class.*0 to 1"):
        combined("", [[0.5, 0.0]], [2])
