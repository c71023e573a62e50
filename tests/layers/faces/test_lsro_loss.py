import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

LABELS = np.array([[0, -1], [2, -7], [-3, 1.0]])


def oracle(x, ignored, divisor):
    """Loss and dx, item by item."""
    loss, dx, used = 0.0, np.zeros_like(x), 0
    for n, i in np.ndindex(*LABELS.shape):
        label = LABELS[n, i]
        if label == ignored:
            continue
        used += 1
        p = [math.exp(value) for value in x[n, :, i]]
        for c, value in enumerate(p):
            aim = 1 / 3 if label < 0 else float(c == label)
            dx[n, c, i] = value / sum(p) - aim
            loss -= aim * math.log(value / sum(p))
    divisor = {"VALID": used, "FULL": 6, "BATCH_SIZE": 3, "NONE": 1}[divisor]
    return loss / divisor, dx / divisor


@pytest.mark.parametrize("mode", ["VALID", "FULL", "BATCH_SIZE", "NONE"])
@pytest.mark.parametrize("ignored", [None, 2, -7])
def test_items_of_no_class_should_look_like_all(mode, ignored, rng):
    x = rng.normal(size=(3, 3, 2))
    options = f"normalization: {mode}" + (f" ignore_label: {ignored}" if ignored else "")
    run = run_layer(
        f'type: "LSROLoss" loss_weight: 2 loss_weight: 0 loss_param {{ {options} }}',
        x,
        LABELS,
        num_top=2,
    )
    loss, dx = oracle(x, ignored, mode)
    np.testing.assert_allclose(run.top[0].data, loss)
    np.testing.assert_allclose(run.top[1].data.sum(axis=1), np.ones((3, 2)))
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, 2 * dx, atol=1e-15)


def test_classes_may_stand_on_another_axis(rng):
    x, labels = rng.normal(size=(2, 3, 4)), [[0, -1, 3], [1, 2, -1]]
    run = run_layer('type: "LSROLoss" softmax_param { axis: 2 }', x, labels)
    turned = run_layer('type: "LSROLoss"', x.transpose(0, 2, 1), labels)
    np.testing.assert_allclose(run.top[0].data, turned.top[0].data)


def test_a_label_that_is_no_class_is_refused():
    with pytest.raises(LayerError, match=r"no class of bottom\[0\]\n.*from 0 to 2"):
        run_layer('type: "LSROLoss"', np.ones((1, 3)), [3])
