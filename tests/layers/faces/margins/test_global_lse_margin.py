import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer

LABELS = [0, 1, 2, 3, 0, 1]


def layer(x, *more, options="", labels=LABELS, **named):
    text = f'name: "it" type: "GlobalLSEMargin" scale_param {{ {options} }}'
    return run_layer(text, x, labels, *more, **named)


def cosines(rng):
    """Own classes are about 0.6 nearer than others."""
    x = rng.uniform(-0.3, 0.3, (6, 4))
    x[np.arange(6), LABELS] += 0.6
    return x


def margins_of(x, scale):
    found = []
    for row, label, s in zip(x, LABELS, scale, strict=True):
        total = sum(math.exp(s * value) for n, value in enumerate(row) if n != label)
        found.append(row[label] - math.log(total) / s)
    return np.array(found)


def shifted(margins, mean, steps):
    for _ in range(steps):
        mean = margins[np.abs(margins - mean) < 0.1].mean()
    return mean


def test_the_first_margin_is_sought_and_taken_off(rng):
    x = cosines(rng)
    run = layer(x, options="filler { value: 8 }", num_top=2)
    margins = margins_of(x, [8] * 6)
    margin = shifted(margins, margins.mean(), 20)
    np.testing.assert_allclose(run.layer.blobs_[1].data, [margin], atol=2e-3)
    found = run.layer.blobs_[1].data[0]
    expected = 8 * x
    expected[np.arange(6), LABELS] -= 8 * found
    np.testing.assert_allclose(run.top[0].data, expected)
    own = x[np.arange(6), LABELS]
    others = np.where(x == own[:, None], -1, x).max(axis=1)
    told = [8, own.mean(), (own - margins).mean(), others.mean(), found]
    np.testing.assert_allclose(run.top[1].data, told)


def test_the_margin_follows_slowly(rng):
    x = cosines(rng)
    run = layer(x, options="filler { value: 8 }")
    margins = margins_of(x, [8] * 6)
    run.layer.blobs_[1].data[...] = start = margins[0] + 0.02
    run.forward()
    near = margins[np.abs(margins - start) < 0.1].mean()
    np.testing.assert_allclose(run.layer.blobs_[1].data, [0.9 * start + 0.1 * near])


def test_a_margin_far_from_all_begins_anew(rng):
    x = cosines(rng)
    run = layer(x, options="filler { value: 8 }")
    run.layer.blobs_[1].data[...] = 50
    run.forward()
    margins = margins_of(x, [8] * 6)
    found = shifted(margins, margins.mean(), 1)
    np.testing.assert_allclose(run.layer.blobs_[1].data, [45 + 0.1 * found])


def test_two_far_margins_do_not_go_on_for_ever():
    x = np.array([[0.9, -0.9], [-0.9, 0.9], [0.9, -0.9], [0.9, -0.9]])
    run = layer(x, labels=[0, 1, 1, 1])
    assert np.isfinite(run.layer.blobs_[1].data).all()


def test_a_margin_below_0_is_not_taken_off(rng):
    x = cosines(rng)
    run = layer(-x)
    assert run.layer.blobs_[1].data[0] < 0
    np.testing.assert_allclose(run.top[0].data, -30 * x)


def test_gradients_are_those_of_a_fixed_margin(rng):
    x, norms = cosines(rng), rng.uniform(5, 9, 6)
    plain, normed = layer(x), layer(x, norms)
    dy = rng.normal(size=(6, 4))
    for run in (plain, normed):
        run.top[0].diff[...] = dy
        run.backward()
    np.testing.assert_allclose(plain.bottom[0].diff, 30 * dy)
    moved = x.copy()
    moved[np.arange(6), LABELS] -= plain.layer.blobs_[1].data[0]
    np.testing.assert_allclose(plain.layer.blobs_[0].diff, [(dy * moved).sum()])
    np.testing.assert_allclose(normed.bottom[0].diff, norms[:, None] * dy)
    moved = x.copy()
    moved[np.arange(6), LABELS] -= normed.layer.blobs_[1].data[0]
    np.testing.assert_allclose(normed.bottom[2].diff, (dy * moved).sum(axis=1))
    assert [spec.lr_mult for spec in plain.layer.layer_param_.param] == [1, 0]
    assert [spec.lr_mult for spec in normed.layer.layer_param_.param] == [0, 0]


@pytest.mark.parametrize(
    ("options", "scale"),
    [("max_value: 20", 20), ("min_value: 40", 40), ("filler { value: 31 } max_value: 40", 31)],
)
def test_the_scale_has_bounds(options, scale, rng):
    run = layer(cosines(rng), options=options)
    assert run.layer.blobs_[0].data == scale


def test_one_class_is_not_enough():
    with pytest.raises(LayerError, match="two classes are needed"):
        layer(np.zeros((6, 1)))
