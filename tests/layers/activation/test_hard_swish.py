import numpy as np
import pytest

from blobnet.testing import run_layer


@pytest.mark.parametrize("in_place", [False, True])
def test_it_is_the_input_times_a_line(in_place):
    x = np.array([-7.0, -3, -2, -0.5, 0, 1, 2.5, 3, 10])
    run = run_layer('name: "h" type: "HardSwish"', x, in_place=in_place)
    expected = [v * min(max(v + 3, 0), 6) / 6 for v in x]
    np.testing.assert_allclose(run.top[0].data, expected, rtol=1e-12)
    run.top[0].diff[...] = 2
    run.backward()
    slopes = [0 if v < -3 else 1 if v > 3 else (2 * v + 3) / 6 for v in x[[0, 2, 3, 4, 5, 6, 8]]]
    np.testing.assert_allclose(
        run.bottom[0].diff[[0, 2, 3, 4, 5, 6, 8]], 2 * np.array(slopes), rtol=1e-12
    )
