import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer
from tests.ops.segmentation.test_malis import plain


def images(rng, batch=2, edges=2, channels=1):
    x = rng.uniform(size=(batch, edges, 4, 5))
    truth = rng.integers(2, size=x.shape).astype(float)
    return x, truth, rng.integers(3, size=(batch, channels, 4, 5)).astype(float)


def expected(x, truth, segments, offsets):
    loss, dx = 0.0, np.zeros_like(x)
    for item in range(len(x)):
        first, last = segments[item, 0][None], segments[item, -1][None]
        most, least = np.maximum(x, truth)[item][:, None], np.minimum(x, truth)[item][:, None]
        apart, slopes = plain(most, first, offsets, False)
        alike, more = plain(least, last, offsets, True)
        loss += (apart + alike) / 2 / len(x)
        dx[item] = -(slopes + more)[:, 0] / 2
    return loss, dx


@pytest.mark.parametrize("channels", [1, 2])
def test_loss_and_gradient_of_images(channels, rng):
    x, truth, segments = images(rng, channels=channels)
    run = run_layer('type: "MalisLoss"', x, truth, segments, num_top=2)
    loss, dx = expected(x, truth, segments, [[0, 1, 0], [0, 0, 1]])
    assert run.top[0].data == pytest.approx(loss)
    np.testing.assert_array_equal(run.top[1].data, x)
    run.top[0].diff[...] = 3
    run.layer.backward(run.top, [True, False, False], run.bottom)
    np.testing.assert_allclose(run.bottom[0].diff, 3 * dx, rtol=1e-12)


def test_edges_may_lead_anywhere(rng):
    x, truth, segments = images(rng, edges=4)
    offsets = [[0, 1, 0], [0, 0, 1], [0, -1, 1], [0, 2, -2]]
    run = run_layer('type: "MalisLoss"', x, truth, segments, np.reshape(offsets, (1, 1, 4, 3)))
    assert run.top[0].data == pytest.approx(expected(x, truth, segments, offsets)[0])


def test_right_affinities_lose_nothing():
    truth, segments = np.array([[[1.0, 0, 1, 0]]]), np.array([[[5.0, 5, 7, 7]]])
    assert run_layer('type: "MalisLoss"', truth, truth, segments).top[0].data == 0


def test_labels_have_no_gradient(rng):
    run = run_layer('type: "MalisLoss"', *images(rng))
    with pytest.raises(LayerError, match="cannot backpropagate to the truth"):
        run.layer.backward(run.top, [True, True, False], run.bottom)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({0: np.zeros((2, 2)), 1: np.zeros((2, 2))}, "lines, images or volumes"),
        ({1: np.zeros((2, 2, 5, 4))}, "lines, images or volumes"),
        ({2: np.zeros((2, 3, 4, 5))}, "the segment of each pixel"),
        ({3: np.zeros(5)}, "z, y and x for each edge"),
        ({3: np.full(6, np.nan)}, "whole numbers"),
    ],
)
def test_bottoms_that_do_not_fit(change, words, rng):
    bottoms = dict(enumerate(images(rng))) | change
    with pytest.raises(LayerError, match=words):
        run_layer('type: "MalisLoss"', *bottoms.values())


def test_more_than_three_edges_have_to_be_told(rng):
    with pytest.raises(LayerError, match=r"has to be said in bottom\[3\]"):
        run_layer('type: "MalisLoss"', *images(rng, edges=4))
