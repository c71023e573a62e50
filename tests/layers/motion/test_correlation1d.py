import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.layers.motion import correlations


def correlation(options, a, b):
    return run_layer(f'name: "c" type: "Correlation1D" correlation_param {{ {options} }}', a, b)


@pytest.mark.parametrize("kind", ["MULTIPLY", "SUBTRACT"])
@pytest.mark.parametrize(
    ("direction", "steps"), [(0, [-4, -2, 0, 2, 4]), (1, [0, 2, 4]), (-1, [-6, -4, -2])]
)
@pytest.mark.parametrize(("kernel", "stride", "pad"), [(1, 1, 4), (3, 2, 5)])
def test_moves_sideways(kernel, stride, pad, direction, steps, kind, rng):
    a, b = rng.normal(size=(2, 2, 3, 5, 8))
    options = (
        f"kernel_size: {kernel} max_displacement: 5 stride_1: {stride} stride_2: 2 pad: {pad} "
        f"single_direction: {direction} correlation_type: {kind}"
    )
    run = correlation(options, a, b)
    starts = [
        range(0, 5 - kernel + 1, stride),
        range(5, 8 + 2 * pad - 5 - kernel + 1, stride),
    ]
    moves = [(0, step) for step in steps]
    more = (starts, moves, kernel, (0, pad), kind == "MULTIPLY")
    np.testing.assert_allclose(
        run.top[0].data, correlations.forward(a, b, *more), rtol=1e-10, atol=1e-10
    )
    dy = run.top[0].diff[...] = rng.normal(size=run.top[0].shape)
    run.backward()
    for blob, expected in zip(run.bottom, correlations.gradients(a, b, dy, *more), strict=True):
        np.testing.assert_allclose(blob.diff, expected, rtol=1e-10, atol=1e-10)


def test_an_unknown_direction_is_refused():
    x = np.zeros((1, 2, 3, 4))
    with pytest.raises(LayerError, match="single_direction must be"):
        correlation("kernel_size: 1 max_displacement: 1 single_direction: 2", x, x)
