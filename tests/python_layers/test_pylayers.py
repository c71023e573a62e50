"""The Python layers of SEC."""

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.python_layers.pylayers import zoomed
from tests.python_layers.running import run_python


def layer(name, *bottom, **more):
    return run_python("pylayers", name, *bottom, **more)


def shares(rng, *shape):
    values = rng.uniform(0.1, 1, size=shape)
    return values / values.sum(axis=1, keepdims=True)


def slope(name, bottom, index, scale):
    """The gradient of sum(top * scale) for a bottom, by differences."""
    found = np.zeros(bottom[index].shape)
    for at in np.ndindex(found.shape):
        ends = []
        for step in (1e-6, -1e-6):
            changed = [np.array(values, float) for values in bottom]
            changed[index][at] += step
            ends.append((layer(name, *changed).top[0].data * scale).sum())
        found[at] = (ends[0] - ends[1]) / 2e-6
    return found


def test_probabilities_are_never_zero(rng):
    x = rng.normal(size=(2, 3, 2, 2)) * 9
    run = layer("SoftmaxLayer", x)
    for n, y, c in np.ndindex(2, 2, 2):
        exponents = [np.exp(v) for v in x[n, :, y, c]]
        expected = [e / sum(exponents) + 0.0001 for e in exponents]
        np.testing.assert_allclose(run.top[0].data[n, :, y, c], np.array(expected) / 1.0003)
    run.top[0].diff[...] = scale = rng.normal(size=x.shape)
    run.backward([True])
    np.testing.assert_allclose(run.bottom[0].diff, slope("SoftmaxLayer", [x], 0, scale), atol=1e-8)


def test_cues_are_to_be_met(rng):
    p, cues = shares(rng, 3, 4, 2, 3), (rng.random((3, 4, 2, 3)) < 0.4).astype(float)
    cues[2] = 0  # an image without cues
    run = layer("SeedLossLayer", p, cues)
    losses = [-np.log(p[n][cues[n] > 0]).mean() for n in range(2)]
    np.testing.assert_allclose(run.top[0].data, [sum(losses) / 3])
    run.backward([True, False])
    np.testing.assert_allclose(
        run.bottom[0].diff, slope("SeedLossLayer", [p, cues], 0, 1), atol=1e-8
    )


def test_probabilities_are_to_be_those_of_a_crf(rng):
    p, q = shares(rng, 2, 3, 2, 2), shares(rng, 2, 3, 2, 2)
    run = layer("ConstrainLossLayer", p, np.log(q))
    expected = sum(q[at] * np.log(q[at] / p[at]) for at in np.ndindex(p.shape)) / 8
    np.testing.assert_allclose(run.top[0].data, [expected])
    run.backward([True, True])
    for index in (0, 1):
        found = run.bottom[index].diff
        np.testing.assert_allclose(
            found, slope("ConstrainLossLayer", [p, np.log(q)], index, 1), atol=1e-7
        )


def expand_loss(p, labels):
    """Image by image and class by class."""
    total = 0
    for likely, its in zip(p, labels[:, 0, 0], strict=True):
        objects, others = [], []
        for c in range(1, len(likely)):
            ranked = sorted(likely[c].ravel(), reverse=True)
            weights = [0.996**k for k in range(len(ranked))]
            mean = sum(v * w for v, w in zip(ranked, weights, strict=True)) / sum(weights)
            if its[c] > 0.5:
                objects.append(-np.log(mean))
            else:
                others.append(-np.log(1 - max(ranked)))
        ranked = sorted(likely[0].ravel(), reverse=True)
        weights = [0.999**k for k in range(len(ranked))]
        mean = sum(v * w for v, w in zip(ranked, weights, strict=True)) / sum(weights)
        total += -np.log(mean) + sum(
            sum(losses) / len(losses) for losses in (objects, others) if losses
        )
    return total / len(p)


def test_classes_that_are_there_are_to_be_seen(rng):
    p = shares(rng, 2, 4, 3, 3)
    labels = np.array([[1, 0, 1, 1], [1, 0, 0, 0]], float).reshape(2, 1, 1, 4)
    run = layer("ExpandLossLayer", p, labels)
    np.testing.assert_allclose(run.top[0].data, [expand_loss(p, labels)])
    run.backward([True, False])
    np.testing.assert_allclose(
        run.bottom[0].diff, slope("ExpandLossLayer", [p, labels], 0, 1), atol=1e-7
    )


def test_a_crf_lets_pixels_that_are_alike_agree(rng):
    image = np.zeros((1, 3, 9, 9))
    image[..., 5:] = 120  # two areas
    scores = np.zeros((1, 3, 9, 9))
    scores[0, 1, :, :5] += rng.normal(size=(9, 5)) + 0.8
    scores[0, 2, :, 5:] += rng.normal(size=(9, 4)) + 0.8
    before = scores[0].argmax(axis=0)
    run = layer("CRFLayer", scores, image)
    found = run.top[0].data[0]
    np.testing.assert_allclose(np.exp(found).sum(axis=0), 1, rtol=1e-5)
    assert found.min() > np.log(0.9e-4)
    after = found.argmax(axis=0)
    assert (before[:, :5] != 1).any()
    np.testing.assert_array_equal(after[:, :5], 1)
    np.testing.assert_array_equal(after[:, 5:], 2)
    run.bottom[0].diff[...] = np.nan
    run.backward([True, False])
    assert not run.bottom[0].diff.any()


def test_an_image_is_made_as_large_as_the_scores_with_its_corners_kept(rng):
    image = rng.normal(size=(2, 5, 7))
    found = zoomed(image, 3, 13)
    np.testing.assert_allclose(found[:, :, ::2], image[:, ::2])
    np.testing.assert_allclose(found[:, :, 1::2], (image[:, ::2, 1:] + image[:, ::2, :-1]) / 2)
    assert zoomed(image, 1, 1).shape == (2, 1, 1)


def test_labels_and_cues_of_images():
    run = layer("AnnotationLayer", [[7.0], [42]], tops=2, phase="TEST")
    assert not run.top[1].data.any()
    run.layer.set_cues({42: ([15, 0], [(0, 3, 4), (15, 40, 40)]), 7: ([], [])})
    run.forward()
    labels, cues = run.top[0].data, run.top[1].data
    assert cues.shape == (2, 21, 41, 41)
    assert sorted(zip(*map(list, np.nonzero(labels[:, 0, 0])), strict=True)) == [(1, 0), (1, 15)]
    assert [tuple(map(int, at)) for at in np.argwhere(cues)] == [(1, 0, 3, 4), (1, 15, 40, 40)]


@pytest.mark.parametrize(
    ("cues", "told"),
    [({1: ([21], [])}, "image 1"), ({2: ([], [(0, 41, 0)])}, "beyond"), ({3: 5}, "image 3")],
)
def test_cues_that_are_none(cues, told):
    run = layer("AnnotationLayer", [[7.0]], tops=2, phase="TEST")
    with pytest.raises(LayerError, match=told):
        run.layer.set_cues(cues)
    run.layer.set_cues({1: ([], [])})
    with pytest.raises(LayerError, match="no cues for an image"):
        run.forward()


def test_what_does_not_suit(rng):
    with pytest.raises(LayerError, match="there are no cues"):
        layer("AnnotationLayer", [[7.0]], tops=2, phase="TRAIN")
    with pytest.raises(LayerError, match="do not fit"):
        layer("SeedLossLayer", np.ones((1, 2, 3, 3)), np.ones((1, 2, 3, 2)))
    with pytest.raises(LayerError, match="do not fit"):
        layer("ExpandLossLayer", np.ones((1, 2, 3, 3)), np.ones((1, 1, 1, 3)))
    with pytest.raises(LayerError, match="do not fit"):
        layer("CRFLayer", np.ones((1, 2, 3, 3)), np.ones((1, 1, 3, 3)))
    with pytest.raises(LayerError, match="an image"):
        layer("CRFLayer", np.ones((1, 2, 3, 3)), np.full((1, 3, 3, 3), np.nan))
