import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

X = np.array([[0.5, 0.2, 0.9], [0.1, 0.4, 0.3], [0.3, 0.6, 0.8], [0.7, 0.2, 0.1]])
LABELS = [1, 2, 0, 0]
NEAREST = [0, 0, 0, 2]  # of the third none is nearer than its own, class 0


def nca(options="", *more, **named):
    return run_layer(
        f'name: "it" type: "NCALoss" nca_param {{ {options} }}', X, LABELS, *more, **named
    )


def others(m):
    return [n for n in range(3) if n != LABELS[m]]


def test_all_others_count():
    run = nca(num_top=2)
    lost = [X[m, LABELS[m]] + sum(math.exp(-X[m, n]) for n in others(m)) for m in range(4)]
    np.testing.assert_allclose(run.top[0].data, sum(lost) / 4)
    own = [X[m, LABELS[m]] for m in range(4)]
    mean = [sum(own) / 4, (X.sum() - sum(own)) / 8]
    np.testing.assert_allclose(run.top[1].data, mean)
    run.forward()  # nothing is left of the last loss, as it is in the fork
    np.testing.assert_allclose(run.top[0].data, sum(lost) / 4)


def test_only_the_nearest_counts():
    run = nca("min_negative_only: true")
    lost = [X[m, LABELS[m]] + math.exp(-X[m, NEAREST[m]]) for m in range(4)]
    np.testing.assert_allclose(run.top[0].data, sum(lost) / 4)
    run.backward()
    expected = np.zeros((4, 3))
    for m in range(4):
        expected[m, LABELS[m]] = 1
        expected[m, NEAREST[m]] = -math.exp(-X[m, NEAREST[m]])
    np.testing.assert_allclose(run.bottom[0].diff, expected / 4)


def test_weights_are_of_the_gradient_alone():
    plain, weighed = nca(), nca("", [1, 2, 0, 5])
    assert weighed.top[0].data == plain.top[0].data
    for run in (plain, weighed):
        run.backward()
    factors = np.array([[0.5], [1], [0], [2.5]])
    np.testing.assert_allclose(weighed.bottom[0].diff, plain.bottom[0].diff * factors)


def test_a_label_that_is_no_class_is_refused():
    with pytest.raises(LayerError, match=r"no class\n.*from 0 to 2"):
        run_layer('type: "NCALoss"', X, [0, 1, 2, 3])


@pytest.mark.parametrize("more", [[[0, 1]], [[0, 1, 1, 1], [1, 1]]])
def test_each_item_has_a_label_and_a_weight(more):
    with pytest.raises(LayerError, match=r"Number of labels must match|same first dimension"):
        run_layer('type: "NCALoss"', X, *more)
