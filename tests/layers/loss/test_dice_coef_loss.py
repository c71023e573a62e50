import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer


def dice(a, b, smooth=1.0):
    top, below = smooth, smooth
    for x, y in zip(a.ravel(), b.ravel(), strict=True):
        top += 2 * x * y
        below += x * x + y * y
    return top / below


@pytest.mark.parametrize("smooth", [1.0, 0.25])
def test_the_loss_and_a_gradient_as_large_as_the_batch(smooth, rng):
    a, b = rng.normal(size=(3, 2, 4)), rng.normal(size=(3, 8))
    text = f'type: "DiceCoefLoss" loss_weight: 2 dice_coef_loss_param {{ smooth: {smooth} }}'
    run = run_layer(text, a, b)
    expected = [dice(x, y, smooth) for x, y in zip(a, b, strict=True)]
    np.testing.assert_allclose(run.top[0].data, 1 - sum(expected) / 3)
    run.backward([True, True])
    for n in range(3):
        one = run_layer(text, a[n : n + 1], b[n : n + 1])
        check_gradients(one)
        one.top[0].diff[...] = 2
        one.backward([True, True])
        np.testing.assert_allclose(run.bottom[0].diff[n], one.bottom[0].diff[0])
        np.testing.assert_allclose(run.bottom[1].diff[n], one.bottom[1].diff[0])


def test_items_of_other_sizes_are_refused():
    with pytest.raises(LayerError, match="same dimension"):
        run_layer('type: "DiceCoefLoss"', np.ones((2, 3)), np.ones((2, 4)))
