import math

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def dial(x, options="", *, share=0.75, **more):
    filler = f'weight_filler {{ type: "constant" value: {share} }}'
    text = f'name: "da" type: "Dial" dial_param {{ {filler} {options} }}'
    return run_layer(text, x, **more)


def moments(own, other, share):
    """The mean and variance of one channel's values, which count `share` and 1 - `share` in all."""
    mean = share * sum(own) / len(own) + (1 - share) * sum(other) / len(other)
    variance = 0.0
    for values, part in ((own, share), (other, 1 - share)):
        variance += part * sum((value - mean) ** 2 for value in values) / len(values)
    return mean, variance


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize(("options", "sources"), [("", 3), ("slice_point: 2 eps: 0.5", 2)])
def test_each_domain_is_standardized_with_a_share_of_the_other(options, sources, in_place, rng):
    x = rng.normal(size=(6, 2, 3, 4)) * 3 + 1
    run = dial(x, options, in_place=in_place)
    eps = 0.5 if "eps" in options else 1e-5
    for c in range(2):
        source, target = list(x[:sources, c].ravel()), list(x[sources:, c].ravel())
        for part, own, other in (
            (slice(sources), source, target),
            (slice(sources, None), target, source),
        ):
            mean, variance = moments(own, other, 0.75)
            expected = [(value - mean) / math.sqrt(variance + eps) for value in own]
            np.testing.assert_allclose(run.top[0].data[part, c].ravel(), expected)


def test_statistics_of_batches_are_summed_up(rng):
    x = rng.normal(size=(4, 3)) * 2
    run = dial(x, "moving_average_fraction: 0.5")
    run.forward()
    means, variances, count = (blob.data for blob in run.layer.blobs_[1:])
    np.testing.assert_allclose(count, [1.5])
    for c in range(3):
        source, target = list(x[:2, c]), list(x[2:, c])
        for row, domains in enumerate(((source, target), (target, source))):
            mean, variance = moments(*domains, 0.75)
            np.testing.assert_allclose(means[row, c], 1.5 * mean)
            np.testing.assert_allclose(variances[row, c], 1.5 * variance * 4 / 3)


@pytest.mark.parametrize(("options", "row"), [("", 1), ("test_stats: SOURCE", 0)])
def test_a_test_takes_what_is_stored_of_one_domain(options, row, rng):
    x = rng.normal(size=(3, 2, 2))
    run = dial(x, options + " eps: 0.25", phase="TEST")
    np.testing.assert_allclose(run.top[0].data, x / 0.5)
    run.layer.blobs_[1].data[...] = [[2, 4], [6, 8]]
    run.layer.blobs_[2].data[...] = [[1, 3], [5, 7]]
    run.layer.blobs_[3].data[...] = 2
    run.forward()
    mean, variance = np.array([[1, 2], [3, 4]])[row], np.array([[1, 3], [5, 7]])[row] / 2
    std = np.sqrt(variance + 0.25)
    np.testing.assert_allclose(run.top[0].data, (x - mean[:, None]) / std[:, None])
    run.top[0].diff[...] = 1
    run.backward([True])
    np.testing.assert_allclose(run.bottom[0].diff, np.broadcast_to(1 / std[:, None], x.shape))


@pytest.mark.parametrize(("stated", "used"), [(0, 0.5), (0.2, 0.5), (0.75, 0.75), (3, 1)])
def test_the_share_is_brought_into_its_limits(stated, used):
    run = dial(np.arange(4.0).reshape(2, 2), share=stated)
    np.testing.assert_allclose(run.layer.blobs_[0].data, [used])


def test_a_domain_without_items_counts_nothing(rng):
    x = rng.normal(size=(1, 2, 5))
    run = dial(x, "slice_point: 1", share=1)
    for c in range(2):
        own = x[0, c]
        expected = (own - own.mean()) / np.sqrt(own.var() + 1e-5)
        np.testing.assert_allclose(run.top[0].data[0, c], expected)


def test_statistics_are_not_learned():
    run = dial(np.ones((2, 3)))
    assert [spec.lr_mult for spec in run.layer.layer_param_.param] == [1, 0, 0, 0]
    text = 'type: "Dial" param { lr_mult: 2 } param { lr_mult: 1 }'
    with pytest.raises(LayerError, match="Cannot configure batch normalization statistics"):
        run_layer(text, np.ones((2, 3)))


def test_what_does_not_fit():
    with pytest.raises(LayerError, match="has no channels"):
        dial(np.ones(3))
    with pytest.raises(LayerError, match="slice_point must not be below 0"):
        dial(np.ones((2, 3)), "slice_point: -2")
    with pytest.raises(LayerError, match="ends before the target's items begin"):
        dial(np.ones((2, 3)), "slice_point: 3")
    run = dial(np.ones((2, 3)))
    run.bottom[0].reshape((2, 4))
    with pytest.raises(LayerError, match="does not have the channels"):
        run.forward()
    with pytest.raises(LayerError, match="statistics of two domains"):
        run.layer.use_statistics_of(lambda values: values[None])
