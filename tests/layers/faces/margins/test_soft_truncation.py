import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


@pytest.mark.parametrize(("options", "c"), [("", 2), ("c: 0.5", 0.5), ("c: -1", -1)])
def test_values_and_slopes(options, c):
    x = [-1, 0, 3]
    run = run_layer(f'type: "SoftTruncation" soft_truncation_param {{ {options} }}', x)
    np.testing.assert_allclose(run.top[0].data, [1 - math.exp(-value / c) for value in x])
    run.top[0].diff[...] = 2
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [2 * math.exp(-value / c) / c for value in x])


def test_a_c_of_0_is_refused():
    with pytest.raises(LayerError, match="c must not be 0"):
        run_layer('type: "SoftTruncation" soft_truncation_param { c: 0 }', [1])
