import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer

TYPE = 'type: "SoftmaxWithLossOHEM" '
OF_R_FCN = 'type: "SoftmaxWithLoss" '
COUNTED, ALL, NUM = 5, 6, 3


@pytest.mark.parametrize(
    ("text", "divisor"),
    [
        ("", COUNTED),
        ("normalization: FULL", ALL),
        ("normalization: VALID", COUNTED),
        ("normalization: BATCH_SIZE", NUM),
        ("normalization: PRE_FIXED pre_fixed_normalizer: 128", 128),
        ("normalization: PRE_FIXED", 1),
        ("normalization: NONE", 1),
        ("normalize: false", NUM),
    ],
)
@pytest.mark.parametrize("kind", [TYPE, OF_R_FCN])
def test_it_is_what_loops_give(kind, text, divisor, rng):
    x = rng.normal(size=(NUM, 4, 2))
    labels = np.array([[0, 3], [2, -1], [1, 1]])
    run = run_layer(f"{kind} loss_param {{ ignore_label: -1 {text} }}", x, labels, num_top=3)
    losses, dx, p = np.zeros(labels.shape), np.zeros_like(x), np.zeros_like(x)
    for n, i in np.ndindex(*labels.shape):
        p[n, :, i] = np.exp(x[n, :, i]) / np.exp(x[n, :, i]).sum()
        if labels[n, i] >= 0:
            losses[n, i] = -np.log(p[n, labels[n, i], i])
            dx[n, :, i] = p[n, :, i] / divisor
            dx[n, labels[n, i], i] -= 1 / divisor
    assert float(run.top[0].data) == pytest.approx(losses.sum() / divisor)
    np.testing.assert_allclose(run.top[1].data, p)
    np.testing.assert_allclose(run.top[2].data, losses)
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, dx, atol=1e-12)


@pytest.mark.parametrize("kind", [TYPE, OF_R_FCN])
def test_losses_have_the_shape_of_labels(kind):
    run = run_layer(kind, np.zeros((2, 4)), np.zeros((2, 1, 1, 1)), num_top=3)
    assert run.top[2].shape == (2, 1, 1, 1)
    np.testing.assert_allclose(run.top[2].data, np.log(4))


def test_no_probability_counts_as_less_than_a_float_can_hold():
    run = run_layer(TYPE, [[0, 1000.0]], [0], num_top=3)
    assert run.top[2].data[0] == pytest.approx(-np.log(np.finfo(np.float32).tiny))


def test_a_label_that_is_no_class_is_refused():
    with pytest.raises(blobnet.LayerError, match="no class"):
        run_layer(TYPE, np.zeros((1, 4)), [4])


def test_a_third_top_is_not_of_the_forks_that_smooth_labels():
    text = f"{OF_R_FCN} loss_param {{ label_smoothing: 0.1 }}"
    with pytest.raises(blobnet.LayerError, match="a third top is of another fork"):
        run_layer(text, np.zeros((2, 4)), np.zeros(2), num_top=3)
