import numpy as np
import pytest

from blobnet.testing import run_layer


@pytest.mark.parametrize(
    ("options", "y", "dx"),
    [
        ("", [0, 0, 2, 5, 5], [0, 0, 1, 0, 0]),
        ("lower_bound: -3 upper_bound: 2", [-1, 0, 2, 2, 2], [1, 1, 0, 0, 0]),
    ],
)
def test_values_and_slopes_by_hand(options, y, dx):
    text = f'type: "Truncation" truncation_param {{ {options} }}'
    run = run_layer(text, [-1, 0, 2, 5, 6])
    np.testing.assert_array_equal(run.top[0].data, y)
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, dx)
