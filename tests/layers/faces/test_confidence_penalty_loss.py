import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

P = np.array([[0.5, 0.3, 0.2], [0.1, 0.9, 0], [0.25, 0.25, 0.5], [0.6, 0.3, 0.1]])
LABELS = [0, 1, 2, 1]


@pytest.mark.parametrize("beta", [0.1, 0.6])
def test_all_classes_count_by_their_share(beta):
    options = "" if beta == 0.1 else f"confidence_penalty_loss_param {{ beta: {beta} }}"
    run = run_layer(f'type: "ConfidencePenaltyLoss" {options}', P, LABELS)
    beta, loss, dp = float(np.float32(beta)), 0.0, np.zeros_like(P)
    for m, n in np.ndindex(*P.shape):
        share = 1 - beta if n == LABELS[m] else beta / 3  # of 4 items, not of 3 classes
        p = max(P[m, n], 1e-20)
        loss -= share * math.log(p) / 4
        dp[m, n] = -share / p / 4
    np.testing.assert_allclose(run.top[0].data, loss)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, dp)


def test_in_a_batch_of_one_others_do_not_count():
    run = run_layer('type: "ConfidencePenaltyLoss"', [[0.5, 0.5]], [1])
    np.testing.assert_allclose(run.top[0].data, -(1 - np.float32(0.1)) * math.log(0.5), rtol=1e-7)


def test_a_label_that_is_no_class_is_refused():
    with pytest.raises(LayerError, match=r"no class\n.*from 0 to 1"):
        run_layer('type: "ConfidencePenaltyLoss"', [[0.5, 0.5]], [2])
