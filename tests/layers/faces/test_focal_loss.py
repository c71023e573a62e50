import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer

LABELS = [2, 0, 3, 1, 2]


def focal(x, options="", extra="", labels=LABELS, type_name="FocalLoss", **more):
    text = f'name: "it" type: "{type_name}" {extra} focal_loss_param {{ {options} }}'
    return run_layer(text, x, labels, **more)


def true_probabilities(x):
    for row, label in zip(x, LABELS, strict=True):
        yield math.exp(row[label]) / sum(math.exp(value) for value in row)


@pytest.mark.parametrize(
    ("options", "weight"),
    [
        ("", lambda p: (1 - p) ** 2),
        ("gamma: 0.5 alpha: 0.25 beta: 7", lambda p: 0.25 * (1 - p) ** 0.5),
        ("gama: 3", lambda p: (1 - p) ** 3),
        ("type: LINEAR", lambda p: (1 - p) ** 2),
        ("type: ONEADDP gamma: 3", lambda p: (1 + p) ** 3),
        ("type: ONEADDP alpha: 2", lambda p: (2 + p) ** 2),
        ("gamma: 0", lambda p: 1),
    ],
)
def test_the_weight_of_an_item(options, weight, rng):
    x = rng.normal(size=(5, 4))
    expected = sum(-weight(p) * math.log(p) for p in true_probabilities(x)) / 5
    np.testing.assert_allclose(focal(x, options).top[0].data, expected)


def test_softmax_focal_loss_counts_a_quarter(rng):
    x = rng.normal(size=(5, 4))
    whole, quarter, stated = (
        focal(x, options, type_name=name).top[0].data
        for name, options in (
            ("FocalLoss", ""),
            ("SoftmaxFocalLoss", ""),
            ("SoftmaxFocalLoss", "alpha: 2"),
        )
    )
    np.testing.assert_allclose([quarter * 4, stated / 2], [whole, whole])


@pytest.mark.parametrize("options", ["gamma: 0.5", "gamma: 3 alpha: 0.1", "type: ONEADDP"])
def test_gradients(options, rng):
    check_gradients(focal(rng.normal(size=(5, 4)), options, "loss_weight: 3"))


def test_ignored_items_do_not_count(rng):
    x = rng.normal(size=(5, 4))
    some = focal(x, extra="loss_param { ignore_label: 2 }")
    p = [p for p, label in zip(true_probabilities(x), LABELS, strict=True) if label != 2]
    np.testing.assert_allclose(some.top[0].data, sum(-((1 - q) ** 2) * math.log(q) for q in p) / 3)
    some.backward()
    np.testing.assert_array_equal(some.bottom[0].diff[[0, 4]], 0)
    assert some.bottom[0].diff[[1, 2, 3]].all()


@pytest.mark.parametrize("score", [200, -200])
def test_certain_items_stay_finite(score):
    run = focal([[score, 0.0]], "gamma: 0.5", labels=[0], dtype=np.float32)
    assert run.top[0].data == pytest.approx(0 if score > 0 else 87.3365)
    run.backward()
    np.testing.assert_allclose(run.bottom[0].diff, [[0, 0]] if score > 0 else [[-1, 1]])


@pytest.mark.parametrize(("options", "word"), [("gamma: -1", "gamma"), ("alpha: 0", "alpha")])
def test_wrong_settings_are_refused(options, word, rng):
    with pytest.raises(LayerError, match=f'"it": {word} must be'):
        focal(rng.normal(size=(5, 4)), options)
