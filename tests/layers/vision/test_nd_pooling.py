import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def pool(options, x, **more):
    return run_layer(f'type: "NdPooling" pooling_param {{ {options} }}', x, **more)


@pytest.mark.parametrize("method", ["MAX", "AVE"])
def test_windows_over_three_axes(method, rng):
    x = rng.normal(size=(1, 2, 4, 6, 5))
    run = pool(
        f"pool: {method} kernel_shape {{ dim: 2 dim: 3 dim: 2 }} "
        "stride_shape { dim: 2 dim: 3 dim: 1 }",
        x,
    )
    assert run.top[0].shape == (1, 2, 2, 2, 4)
    for place in np.ndindex(run.top[0].shape):
        n, c, a, b, d = place
        window = x[n, c, 2 * a : 2 * a + 2, 3 * b : 3 * b + 3, d : d + 2]
        expected = window.max() if method == "MAX" else window.mean()
        np.testing.assert_allclose(run.top[0].data[place], expected)


def test_a_clip_as_one_window(rng):
    x = rng.normal(size=(1, 2, 3, 4, 5))
    run = pool("pool: AVE global_pooling: true kernel_shape { dim: 9 dim: 9 dim: 9 }", x)
    np.testing.assert_allclose(run.top[0].data.ravel(), x.mean(axis=(2, 3, 4)).ravel())


def test_shapes_that_do_not_match():
    with pytest.raises(LayerError, match="don't match"):
        pool("kernel_shape { dim: 2 dim: 2 } stride_shape { dim: 1 }", np.ones((1, 1, 4, 4)))
