"""L1Loss as FlowNet2 means it."""

import itertools

import numpy as np
import pytest

from blobnet import LayerError
from blobnet.testing import check_gradients, run_layer


def loss(options, *bottoms):
    text = f'name: "loss" type: "L1Loss" l1_loss_param {{ {options} }} loss_weight: 2'
    return run_layer(text, *bottoms)


def expected_loss(d, places, prescale, by_entries, epsilon, plateau):
    """A loop over all places of (N, C, H, W)."""
    total, known = 0.0, 0
    for n, row, column in np.ndindex(d.shape[0], *d.shape[2:]):
        values = d[n, :, row, column]
        known += np.count_nonzero(~np.isnan(values))
        values = values[~np.isnan(values)]
        if places:
            square = sum(v * v for v in values) / (d.shape[1] if prescale else 1)
            total += np.sqrt((0 if square < plateau**2 else square) + epsilon)
        else:
            total += sum(abs(v) for v in values if abs(v) >= plateau)
    return total / (known / d.shape[1] if by_entries else len(d))


FLAGS = list(itertools.product([False, True], repeat=3))


@pytest.mark.parametrize(("places", "prescale", "by_entries"), FLAGS)
@pytest.mark.parametrize("plateau", [0, 0.6])
@pytest.mark.parametrize("lost", [0, 0.3])
def test_the_loss_and_its_gradient(places, prescale, by_entries, plateau, lost, rng):
    a, b = rng.normal(size=(2, 3, 2, 4, 5))
    b[rng.random(b.shape) < lost] = np.nan
    text = (
        f"l2_per_location: {str(places).lower()} l2_prescale_by_channels: {str(prescale).lower()} "
        f"normalize_by_num_entries: {str(by_entries).lower()} plateau: {plateau} epsilon: 0.04"
    )
    run = loss(text, a, b)
    expected = expected_loss(a - b, places, prescale, by_entries, 0.04, plateau)
    assert run.top[0].data == pytest.approx(expected, rel=1e-6)
    run.backward()
    unknown = np.isnan(b)
    assert not run.bottom[0].diff[unknown].any()
    np.testing.assert_array_equal(run.bottom[1].diff, -run.bottom[0].diff)
    if not lost:
        check_gradients(run)


def test_a_single_bottom_is_the_difference(rng):
    a = rng.normal(size=(3, 2, 4, 5))
    alone, beside_zeros = loss("", a), loss("", a, np.zeros_like(a))
    assert alone.top[0].data == beside_zeros.top[0].data
    alone.backward()
    np.testing.assert_allclose(alone.bottom[0].diff, np.sign(a) * 2 / 3)


def test_no_difference_pulls_down():
    run = loss("", np.zeros((2, 3)), np.zeros((2, 3)))
    run.backward()
    np.testing.assert_array_equal(run.bottom[0].diff, -1)


def test_where_nothing_is_known_nothing_is_lost():
    run = loss("normalize_by_num_entries: true", np.full((2, 3), np.nan))
    run.backward()
    assert run.top[0].data == 0
    assert not run.bottom[0].diff.any()


def test_what_is_refused():
    with pytest.raises(LayerError, match="same shape"):
        loss("", np.zeros((2, 3)), np.zeros((2, 4)))
    with pytest.raises(LayerError, match="at least 2 axes"):
        loss("l2_per_location: true", np.zeros(2))
    with pytest.raises(LayerError, match="at most 2 bottom"):
        loss("", np.zeros(2), np.zeros(2), np.zeros(2))
