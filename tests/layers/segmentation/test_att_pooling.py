"""Place by place, as att_pooling_layer.cu of PiCANet."""

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer


def pooled(x, a, options):
    return run_layer(f'name: "a" type: "AttPooling" att_pooling_param {{ {options} }}', x, a)


def oracle(x, a, kernel, pad=0, stride=1, dilation=1, is_global=False):
    y = np.zeros((*x.shape[:2], *a.shape[2:]))
    for n, i, j, k, m in np.ndindex(len(x), *a.shape[2:], kernel, kernel):
        row, column = (0, 0) if is_global else (i * stride, j * stride)
        row, column = row + k * dilation - pad, column + m * dilation - pad
        if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
            y[n, :, i, j] += a[n, k * kernel + m, i, j] * x[n, :, row, column]
    return y


@pytest.mark.parametrize("channels", [3, 130])
@pytest.mark.parametrize(
    ("size", "options"),
    [
        ((4, 5), dict(kernel=3, pad=1)),
        ((4, 5), dict(kernel=3, pad=2, dilation=2)),
        ((2, 2), dict(kernel=3, pad=0, stride=2)),
        ((1, 2), dict(kernel=4)),
    ],
)
def test_each_place_weighs_its_own_window(channels, size, options, rng):
    x = rng.normal(size=(2, channels, *((5, 6) if options.get("stride") else (4, 5))))
    a = rng.normal(size=(2, options["kernel"] ** 2, *size))
    text = " ".join(f"{'kernel_size' if k == 'kernel' else k}: {v}" for k, v in options.items())
    run = pooled(x, a, f"att_mode: LOCAL {text}")
    np.testing.assert_allclose(run.top[0].data, oracle(x, a, **options), atol=1e-12)


@pytest.mark.parametrize(
    ("options", "stated"),
    [
        (dict(kernel=4), ""),
        (dict(kernel=2, dilation=3), "kernel_size: 2 dilation: 3"),
        (dict(kernel=6, pad=1), "kernel_size: 6 pad: 1"),
    ],
)
def test_all_places_weigh_one_window(options, stated, rng):
    x = rng.normal(size=(2, 3, 4, 4))
    a = rng.normal(size=(2, options["kernel"] ** 2, 5, 2))
    run = pooled(x, a, f"att_mode: GLOBAL {stated}")
    expected = oracle(x, a, **options, is_global=True)
    np.testing.assert_allclose(run.top[0].data, expected, atol=1e-12)


def test_gradients_of_many_channels(rng):
    x, a = rng.normal(size=(1, 66, 2, 2)), rng.normal(size=(1, 4, 3, 3))
    options = "kernel_size: 2 pad: 1"
    check_gradients(f'type: "AttPooling" att_pooling_param {{ {options} }}', x, a)


@pytest.mark.parametrize(
    ("options", "a", "message"),
    [
        ("", (1, 9, 4, 4), "Kernel size must be given"),
        ("kernel_size: 3 pad: 1", (1, 4, 4, 4), "Kernel size is not fit"),
        ("kernel_size: 3", (1, 9, 4, 4), "does not fit the features"),
        ("kernel_size: 3 stride: 0", (1, 9, 4, 4), "must be positive"),
        ("kernel_size: 0", (1, 9, 4, 4), "must be positive"),
        ("kernel_size: 1", (2, 1, 4, 4), "as many images"),
        ("att_mode: GLOBAL stride: 2", (1, 16, 4, 4), "Stride must be 1"),
        ("att_mode: GLOBAL dilation: 2", (1, 16, 4, 4), "Dilation should be 1"),
        ("att_mode: GLOBAL kernel_size: 3", (1, 9, 4, 4), "does not fit the features"),
    ],
)
def test_what_does_not_fit(options, a, message):
    with pytest.raises(LayerError, match=message):
        pooled(np.ones((1, 2, 4, 4)), np.ones(a), options)


def test_global_attention_is_of_squares():
    with pytest.raises(LayerError, match="Only square feature maps"):
        pooled(np.ones((1, 2, 4, 5)), np.ones((1, 16, 4, 4)), "att_mode: GLOBAL")
