import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def pooled(kind, options, x, **more):
    settings = kind.lower()
    return run_layer(f'type: "{kind}" {PARAMS[settings]} {{ {options} }}', x, **more)


PARAMS = {"sumpooling": "sum_pooling_param", "pooling": "pooling_param"}


@pytest.mark.parametrize("phase", ["TRAIN", "TEST"])
@pytest.mark.parametrize("options", ["kernel_size: 3 stride: 2", "kernel_h: 2 kernel_w: 4"])
def test_sums_of_windows(options, phase, rng):
    x = rng.normal(size=(2, 3, 6, 7))
    run = pooled("SumPooling", f"pool: SUM {options}", x, phase=phase)
    (kernel, stride) = ((3, 3), 2) if "stride" in options else ((2, 4), 1)
    dx = np.zeros_like(x)
    run.top[0].diff[...] = dy = rng.normal(size=run.top[0].shape)
    for place in np.ndindex(run.top[0].shape):
        n, c, row, column = place
        window = np.s_[n, c, row * stride :, column * stride :]
        seen = x[window][: kernel[0], : kernel[1]]
        np.testing.assert_allclose(run.top[0].data[place], seen.sum())
        dx[window][: kernel[0], : kernel[1]] += dy[place]
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, dx)


def test_a_window_beside_the_image_has_the_sum_of_nothing():
    run = pooled(
        "SumPooling", "pool: SUM kernel_size: 1 stride: 3", np.ones((1, 1, 3, 3)), phase="TEST"
    )
    np.testing.assert_array_equal(run.top[0].data[0, 0], [[1, 0], [0, 0]])


@pytest.mark.parametrize("method", ["MAX", "AVE", "STOCHASTIC"])
@pytest.mark.parametrize("options", ["kernel_size: 2 stride: 2", "global_pooling: true"])
def test_the_other_methods_are_those_of_pooling(method, options, rng):
    x = rng.uniform(1, 2, (2, 3, 5, 6))
    one, other = (
        pooled(kind, f"pool: {method} {options}", x, phase="TEST")
        for kind in ("SumPooling", "Pooling")
    )
    np.testing.assert_array_equal(one.top[0].data, other.top[0].data)
    for run in (one, other):
        run.top[0].diff[...] = 2
        run.backward()
    np.testing.assert_array_equal(one.bottom[0].diff, other.bottom[0].diff)


def test_maxima_have_a_mask(rng):
    run = pooled("SumPooling", "kernel_size: 2", rng.normal(size=(1, 1, 3, 3)), num_top=2)
    np.testing.assert_array_equal(
        run.top[0].data.ravel(), run.bottom[0].data.ravel()[run.top[1].data.ravel().astype(int)]
    )


def test_sums_have_no_padding():
    with pytest.raises(LayerError, match="Padding implemented only"):
        pooled("SumPooling", "pool: SUM kernel_size: 2 pad: 1", np.ones((1, 1, 3, 3)))
