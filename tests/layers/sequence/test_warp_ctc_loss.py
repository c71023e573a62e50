import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer
from tests.ops.test_ctc import oracle


def warp(x, *bottoms, options="", extra=""):
    return run_layer(f'type: "WarpCTCLoss" {extra} ctc_loss_param {{ {options} }}', x, *bottoms)


def losses(x, texts, steps, blank):
    """By the sum over all paths, sequence by sequence."""
    y = np.exp(x) / np.exp(x).sum(2, keepdims=True)
    return [
        -np.log(oracle(y[:count, n], text, blank, True)[0])
        for n, (text, count) in enumerate(zip(texts, steps, strict=True))
    ]


@pytest.mark.parametrize("blank", [0, 2])
def test_rows_of_texts_have_all_steps(blank, rng):
    x = rng.normal(size=(4, 2, 3))
    other = 2 - blank
    run = warp(x, [[1, blank, other], [blank, other, blank]], options=f"blank_index: {blank}")
    expected = losses(x, [(1, other), (other,)], (4, 4), blank)
    np.testing.assert_allclose(run.top[0].data, np.mean(expected))


def test_columns_have_lengths_and_steps_of_their_own(rng):
    x = rng.normal(size=(5, 2, 3))
    run = warp(x, [3, 5], [2, 1], [[1, 2], [2, 9], [7, 7]])
    expected = losses(x, [(1, 2), (2,)], (3, 5), 0)
    np.testing.assert_allclose(run.top[0].data, np.mean(expected))
    run.backward([True, False, False, False])
    assert not run.bottom[0].diff[3:, 0].any()
    assert run.bottom[0].diff[3:, 1].any()


def test_the_gradient_is_that_of_the_sum_without_the_weight(rng):
    x, texts = rng.normal(size=(4, 2, 3)), [[1, 2], [2, 0]]
    both = warp(x, texts, extra="loss_weight: 5")
    both.backward([True, False])
    for n in range(2):
        one = warp(x[:, n : n + 1], texts[n : n + 1])
        check_gradients(one)
        np.testing.assert_allclose(both.bottom[0].diff[:, n], one.bottom[0].diff[:, 0], atol=1e-15)


def test_a_text_that_does_not_fit_costs_nothing(rng):
    x = rng.normal(size=(2, 2, 3))
    run = warp(x, [[1, 1], [1, 2]])
    np.testing.assert_allclose(run.top[0].data, losses(x[:, 1:], [(1, 2)], (2,), 0)[0] / 2)
    run.backward([True, False])
    assert not run.bottom[0].diff[:, 0].any()


@pytest.mark.parametrize(
    ("bottoms", "options", "message"),
    [
        ([np.ones((2, 2))], "blank_index: 3", "blank_index is none"),
        ([np.ones((2, 2))], "time_step: 3", "time_step is a field of"),
        ([np.ones((3, 2))], "", "a text for each sequence"),
        ([np.full((2, 2), 3)], "", "is no class"),
        ([np.ones((5, 2))] * 2, "", "forks differ"),
        ([[6, 1], [1, 1], np.ones((2, 2))], "", r"count in bottom\[1\]"),
        ([[1, 1], [1, 3], np.ones((2, 2))], "", r"count in bottom\[2\]"),
        ([[1], [1, 1], np.ones((2, 2))], "", "a text for each sequence"),
    ],
)
def test_wrong_settings_and_shapes_are_refused(bottoms, options, message, rng):
    with pytest.raises(LayerError, match=message):
        warp(rng.normal(size=(5, 2, 3)), *bottoms, options=options)
