import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def accuracy(options, scores, labels):
    text = f'type: "EltwiseAccuracy" eltwise_accuracy_param {{ {options} }}'
    return run_layer(text, scores, labels).top[0].data.item()


@pytest.mark.parametrize("top_k", [1, 2, 4])
@pytest.mark.parametrize("ignored", [None, 1])
def test_it_counts_pixels(top_k, ignored, rng):
    scores = rng.integers(0, 3, (2, 4, 3, 5)).astype(float)
    labels = rng.integers(-1, 5, (2, 1, 3, 5))
    right = total = 0
    for n, row, column in np.ndindex(2, 3, 5):
        label = labels[n, 0, row, column]
        if label == ignored:
            continue
        total += 1
        order = sorted(((scores[n, c, row, column], c) for c in range(4)), reverse=True)
        right += label in [c for _, c in order[:top_k]]
    options = f"top_k: {top_k}" + ("" if ignored is None else f" ignore_label: {ignored}")
    assert accuracy(options, scores, labels) == right / total


def test_nothing_that_counts_is_nothing_right():
    assert accuracy("ignore_label: 1", np.ones((1, 2, 1, 1)), np.ones((1, 1, 1, 1))) == 0


def test_bad_settings_and_shapes():
    with pytest.raises(LayerError, match="top_k must be"):
        accuracy("top_k: 3", np.ones((1, 2, 1, 1)), np.ones((1, 1, 1, 1)))
    with pytest.raises(LayerError, match="a label for each pixel"):
        accuracy("", np.ones((1, 2, 1, 2)), np.ones((1, 1, 1, 1)))
