import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer

TYPE = 'type: "LiftedStructSimilaritySoftmaxLoss"'


def oracle(x, labels, margin):
    total, pairs = 0.0, 0
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            if labels[i] != labels[j]:
                continue
            pairs += 1
            unlike = [k for k in range(len(x)) if labels[k] != labels[i]]
            near = sum(math.exp(margin - math.dist(x[a], x[k])) for a in (i, j) for k in unlike)
            if near:
                total += max(0, math.log(near) + math.dist(x[i], x[j])) ** 2
    return total / max(2 * pairs, 1)


@pytest.mark.parametrize("margin", [1, -2, 30])
@pytest.mark.parametrize("labels", [[0, 1, 0, 2, 1, 0], [3] * 6, [0, 1, 2, 3, 4, 5]])
def test_the_loss_and_its_derivative(margin, labels, rng):
    x = rng.normal(size=(6, 3))
    options = "" if margin == 1 else f"lifted_struct_sim_softmax_loss_param {{ margin: {margin} }}"
    run = run_layer(f"{TYPE} loss_weight: 2 {options}", x, labels)
    np.testing.assert_allclose(run.top[0].data, oracle(x, labels, margin), rtol=1e-9)
    check_gradients(run)


def test_items_at_one_place_have_no_gradient_towards_each_other():
    run = run_layer(TYPE, [[1.0, 2], [1, 2], [4, 6]], [0, 0, 1])
    np.testing.assert_allclose(run.top[0].data, max(0, math.log(2 * math.exp(1 - 5))) ** 2 / 2)
    run.backward()
    assert np.isfinite(run.bottom[0].diff).all()


def test_what_is_no_vector_is_refused():
    with pytest.raises(LayerError, match="items must be vectors"):
        run_layer(TYPE, np.ones((2, 3, 4)), [0, 1])
