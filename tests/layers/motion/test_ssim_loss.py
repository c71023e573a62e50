import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def ssim(x, y, options="kernel_size: 3 stride: 2 c1: 0.1 c2: 0.2", **more):
    return run_layer(f'name: "ssim" type: "SSIMLoss" ssim_loss_param {{ {options} }}', x, y, **more)


def gaussian(kernel):
    sigma = kernel / 6
    weights = np.zeros((kernel, kernel))
    for row, column in np.ndindex(kernel, kernel):
        square = (row - kernel / 2) ** 2 + (column - kernel / 2) ** 2
        weights[row, column] = math.exp(-square / (2 * sigma**2))
    return weights / weights.sum()


def oracle(x, y, kernel, stride, c1, c2):
    num, channels, height, width = x.shape
    weights, total = gaussian(kernel), 0.0
    for n, c in np.ndindex(num, channels):
        for top in range(0, stride * (math.ceil((height - kernel) / stride) + 1), stride):
            for left in range(0, stride * (math.ceil((width - kernel) / stride) + 1), stride):
                sums = np.zeros(5)
                for row in range(top, min(top + kernel, height)):
                    for column in range(left, min(left + kernel, width)):
                        a, b = x[n, c, row, column], y[n, c, row, column]
                        sums += weights[row - top, column - left] * np.array(
                            [a, b, a * a, b * b, a * b]
                        )
                mx, my, xx, yy, xy = sums
                luminance = (2 * mx * my + c1) / (mx**2 + my**2 + c1)
                structure = (2 * (xy - mx * my) + c2) / (xx - mx**2 + yy - my**2 + c2)
                total += 1 - luminance * structure
    return total / num


@pytest.mark.parametrize(("kernel", "stride"), [(3, 2), (4, 4), (2, 1), (5, 3), (1, 1)])
def test_each_window_is_compared(kernel, stride, rng):
    x, y = rng.normal(size=(2, 2, 3, 6, 7)) + 1
    options = f"kernel_size: {kernel} stride: {stride} c1: 0.25 c2: 0.125"
    run = ssim(x, y, options)
    np.testing.assert_allclose(run.top[0].data, oracle(x, y, kernel, stride, 0.25, 0.125))


def test_what_is_alike_costs_nothing(rng):
    x = rng.normal(size=(1, 1, 6, 6))
    np.testing.assert_allclose(ssim(x, x).top[0].data, 0, atol=1e-12)


def test_the_second_has_no_gradient(rng):
    run = ssim(*rng.normal(size=(2, 1, 2, 5, 5)))
    run.top[0].diff[...] = 1
    run.backward([True, True])
    assert run.bottom[0].diff.any()
    assert not run.bottom[1].diff.any()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("", "no kernel_size, stride, c1, c2"),
        ("kernel_size: 3 stride: 2 c1: 1", "no c2"),
        ("kernel_size: 0 stride: 2 c1: 1 c2: 1", "all above 0.*\n.*\n.*kernel_size: 0"),
        ("kernel_size: 3 stride: 0 c1: 1 c2: 1", "all above 0"),
        ("kernel_size: 3 stride: 2 c1: 0 c2: 1", "all above 0"),
        ("kernel_size: 3 stride: 2 c1: 1 c2: -1", "all above 0"),
        ("kernel_size: 30 stride: 2 c1: 1 c2: 1", "no window lies on the image"),
    ],
)
def test_settings_that_make_no_sense(options, words):
    with pytest.raises(LayerError, match=words):
        ssim(np.ones((1, 1, 5, 5)), np.ones((1, 1, 5, 5)), options)


def test_what_does_not_fit():
    x = np.ones((1, 2, 5, 5))
    with pytest.raises(LayerError, match="Inputs must have the same dimension"):
        ssim(x, x[:, :1])
    with pytest.raises(LayerError, match="4 axes"):
        ssim(x[0], x[0])
