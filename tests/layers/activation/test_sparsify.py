import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

X = np.array([-2.0, -0.5, -0.25, 0, 0.25, 0.75])


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize(
    ("options", "y", "dx"),
    [
        ("", X, [1] * 6),
        ("coef: 0.5", X, [0.5, 0.5, 0.5, 1, 1.5, 1.5]),
        ("thre: 0.25", [-1.75, -0.25, 0, 0, 0, 0.5], [1, 1, 0, 0, 0, 1]),
        ("thre: 0.25 coef: 0.5", [-1.75, -0.25, 0, 0, 0, 0.5], [0.5, 0.5, 0, 0, 0, 1.5]),
    ],
)
def test_values_and_gradients(options, y, dx, in_place):
    run = run_layer(f'type: "Sparsify" sparsify_param {{ {options} }}', X, in_place=in_place)
    np.testing.assert_allclose(run.top[0].data, y)
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, dx)


@pytest.mark.parametrize("options", ["thre: -1", "coef: -1"])
def test_bad_settings(options):
    with pytest.raises(LayerError, match="must not be negative"):
        run_layer(f'type: "Sparsify" sparsify_param {{ {options} }}', X)
