"""Its numbers are those of recordings: tests/test_recordings.py."""

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer
from tests.ops.test_ctc import oracle


def ctc_loss(x, texts, options="", extra=""):
    return run_layer(
        f'name: "it" type: "CtcLoss" {extra} ctc_loss_param {{ alphabet_size: 3 {options} }}',
        x,
        texts,
    )


def test_the_loss_is_that_of_all_paths(rng):
    x = rng.normal(size=(5, 2, 3))
    run = ctc_loss(x, [[1, 0, 2], [0, 2, 2]], "time_step: 4")
    y = np.exp(x) / np.exp(x).sum(2, keepdims=True)
    losses = [
        -np.log(oracle(y[:4, n], text, 0, True)[0]) for n, text in enumerate([(1, 2), (2, 2)])
    ]
    np.testing.assert_allclose(run.top[0].data, sum(losses) / 2)


def test_one_sequence_has_the_true_derivative(rng):
    run = ctc_loss(rng.normal(size=(6, 1, 3)), [[1, 1, 2]], "time_step: 5", "loss_weight: 3")
    check_gradients(run)


def test_the_gradient_is_that_of_the_sum(rng):
    x, texts = rng.normal(size=(5, 2, 3)), [[1, 2], [2, 0]]
    both = ctc_loss(x, texts, "time_step: 5")
    both.backward()
    for n in range(2):
        one = ctc_loss(x[:, n : n + 1], texts[n : n + 1], "time_step: 5")
        one.backward()
        np.testing.assert_allclose(both.bottom[0].diff[:, n], one.bottom[0].diff[:, 0], atol=1e-15)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "time step should be greater"),
        ("time_step: 9", "fewer steps than time_step"),
        ("time_step: 4 blank_label: 3", "blank_label is none of the classes"),
        ("time_step: 4 blank_index: 1", "blank_index is a field of CTCLoss"),
    ],
)
def test_wrong_settings_are_refused(options, message, rng):
    with pytest.raises(LayerError, match=f'"it": .*{message}'):
        ctc_loss(rng.normal(size=(5, 2, 3)), np.ones((2, 2)), options)


def test_no_alphabet_is_refused(rng):
    with pytest.raises(LayerError, match="alphabeta should be greater"):
        run_layer('type: "CtcLoss"', rng.normal(size=(5, 2, 3)), np.ones((2, 2)))


@pytest.mark.parametrize("label", [3, -1, np.nan])
def test_a_label_that_is_no_class_is_refused(label, rng):
    with pytest.raises(LayerError, match=r"no class\n.*from 0 to 2"):
        ctc_loss(rng.normal(size=(5, 2, 3)), [[1, 2], [label, 0]], "time_step: 5")


@pytest.mark.parametrize(
    ("x", "texts"), [((5, 2, 4), (2, 3)), ((5, 2, 3), (3, 2)), ((5, 6), (6, 2))]
)
def test_shapes_that_do_not_fit_are_refused(x, texts):
    with pytest.raises(LayerError, match=r"\"it\": (there are no scores|The input blobs)"):
        ctc_loss(np.zeros(x), np.zeros(texts), "time_step: 5")
