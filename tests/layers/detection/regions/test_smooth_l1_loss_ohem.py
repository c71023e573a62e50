import numpy as np
import pytest

import blobnet
from blobnet.testing import run_layer

TYPE = 'type: "SmoothL1LossOHEM" '


@pytest.mark.parametrize(
    ("text", "divisor"),
    [
        ("", 12),
        ("loss_param { normalization: FULL }", 12),
        ("loss_param { normalization: BATCH_SIZE }", 3),
        ("loss_param { normalization: PRE_FIXED pre_fixed_normalizer: 128 }", 128),
        ("loss_param { normalization: PRE_FIXED }", 1),
        ("loss_param { normalization: NONE }", 1),
        ("loss_param { normalize: false }", 3),
    ],
)
@pytest.mark.parametrize("is_weighted", [False, True])
def test_it_is_what_loops_give(text, divisor, is_weighted, rng):
    a, b, w = rng.normal(scale=1.5, size=(3, 3, 5, 2, 2))
    weights = [w] if is_weighted else []
    run = run_layer(TYPE + text, a, b, *weights, num_top=2)
    total, beside, da = 0, np.zeros((3, 1, 2, 2)), np.zeros_like(a)
    for n, c, i, j in np.ndindex(*a.shape):
        d = (a[n, c, i, j] - b[n, c, i, j]) * (w[n, c, i, j] if is_weighted else 1)
        loss = d * d / 2 if abs(d) < 1 else abs(d) - 0.5
        total += loss
        beside[n, 0, i, j] += loss
        da[n, c, i, j] = min(max(d, -1), 1) / divisor
    assert float(run.top[0].data) == pytest.approx(total / divisor)
    np.testing.assert_allclose(run.top[1].data, beside)
    run.top[0].diff[...] = 1
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, da)
    np.testing.assert_allclose(run.bottom[1].diff, -da)


def test_four_bottoms_are_too_many():
    with pytest.raises(blobnet.LayerError, match="at most 3"):
        run_layer(TYPE, *[np.zeros((2, 3))] * 4)
