import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import run_layer


def plain(p):
    """(2, H, W) of one channel."""
    y = np.zeros((2, *p.shape))
    for i in range(p.shape[0] - 1):
        for j in range(p.shape[1] - 1):
            y[0, i, j] = min(p[i, j], p[i + 1, j])
            y[1, i, j] = min(p[i, j], p[i, j + 1])
    return y


def test_neighbours_are_as_sure_as_the_less_sure(rng):
    one, two = rng.uniform(size=(2, 3, 4, 5)), rng.uniform(size=(2, 1, 2, 3))
    run = run_layer('type: "Affinity" affinity_param { offset: 2 }', one, two, num_top=2)
    for item in range(2):
        np.testing.assert_array_equal(run.top[0].data[item], plain(one[item, 2]))
        np.testing.assert_array_equal(run.top[1].data[item], plain(two[item, 0]))


@pytest.mark.parametrize("channel", [0, 1])
def test_of_two_channels_the_other_gets_the_opposite(channel, rng):
    p = rng.uniform(size=(2, 2, 4, 5))
    run = run_layer(f'type: "Affinity" affinity_param {{ offset: {channel} }}', p)
    run.top[0].diff[...] = dy = rng.normal(size=(2, 2, 4, 5))
    run.layer.backward(run.top, [True], run.bottom)
    expected = np.zeros((2, 4, 5))
    for n, i, j in np.ndindex(2, 3, 4):
        here = p[n, channel]
        below, beside = (i + 1, j), (i, j + 1)
        for edge, other in enumerate((below, beside)):
            place = (i, j) if here[i, j] <= here[other] else other
            expected[(n, *place)] += dy[n, edge, i, j]
    dx = run.bottom[0].diff
    np.testing.assert_allclose(dx[:, channel], expected, rtol=1e-12)
    np.testing.assert_array_equal(dx[:, 1 - channel], -dx[:, channel])


@pytest.mark.parametrize(
    ("shape", "offset"), [((1, 2, 3), 0), ((1, 2, 3, 3), 2), ((1, 2, 3, 3), -1)]
)
def test_what_has_no_such_channel_is_refused(shape, offset):
    with pytest.raises(LayerError, match="the channel `offset`"):
        run_layer(f'type: "Affinity" affinity_param {{ offset: {offset} }}', np.ones(shape))
