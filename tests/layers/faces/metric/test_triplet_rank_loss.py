import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


@pytest.mark.parametrize("margin", [0.5, 20])
def test_loss_and_the_gradient_of_the_fork(margin, rng):
    a, p, n = vectors = rng.normal(size=(3, 5, 4))
    text = f'type: "TripletRankLoss" triplet_rank_loss_param {{ margin: {margin} }}'
    run = run_layer(text, *vectors)
    run.top[0].diff[...] = 99  # the fork does not read it
    run.backward()
    loss, gradients = 0, np.zeros((3, 5, 4))
    for i in range(5):
        lost = margin + sum((a[i] - p[i]) ** 2) - sum((a[i] - n[i]) ** 2)
        if lost > 0:
            loss += lost
            pairs = ((n, p), (p, a), (a, n))
            for gradient, (first, second) in zip(gradients, pairs, strict=True):
                gradient[i] = 2 * (first[i] - second[i]) / 5 / margin
    np.testing.assert_allclose(run.top[0].data.item(), loss / 5)
    for blob, gradient in zip(run.bottom, gradients, strict=True):
        np.testing.assert_allclose(blob.diff, gradient)


def test_what_makes_no_sense():
    text = 'type: "TripletRankLoss" triplet_rank_loss_param { margin: 0 }'
    with pytest.raises(LayerError, match="margin, which cannot be 0"):
        run_layer(text, *[np.ones((2, 3))] * 3)
    with pytest.raises(LayerError, match=r"(?s)one length.*bottom\[2\] of shape \(2, 3\)"):
        run_layer('type: "TripletRankLoss"', np.ones((2, 3)), np.ones((2, 3)), np.ones((2, 4)))
