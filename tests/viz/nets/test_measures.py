from __future__ import annotations

import pytest

import blobnet
from blobnet.viz.names import visible
from blobnet.viz.nets.layout import lay_out
from blobnet.viz.nets.measures import Measures
from tests.viz.nets import known_nets


@pytest.fixture(scope="module")
def googlenet():
    return Measures(lay_out(blobnet.Net(blobnet.parse_net(known_nets.googlenet()), "TEST")))


def test_rows_lie_below_each_other_and_small_ones_are_in_place(googlenet):
    rows = range(len(googlenet._layout.layers))
    heights = [googlenet.top(row + 1) - googlenet.top(row) for row in rows]
    small = [googlenet.is_in_place(row) for row in rows]
    in_place, others = (
        {h for h, s in zip(heights, small, strict=True) if s is kind} for kind in (True, False)
    )
    assert max(in_place) < min(others)
    assert all(googlenet.top(row) < googlenet.y(row) < googlenet.top(row + 1) for row in rows)
    assert googlenet.height > googlenet.top(len(small))


def test_columns_stand_beside_each_other(googlenet):
    columns = [
        googlenet.margin,
        googlenet.types,
        googlenet.settings,
        googlenet.weights,
        googlenet.track(0),
        googlenet.track(3),
        googlenet.blobs,
        googlenet.bars,
        googlenet.width,
    ]
    assert columns == sorted(columns)
    assert len(set(columns)) == len(columns)


def test_bars_are_to_scale(googlenet):
    """Height by the side of a map, length by the number of maps, both as square roots."""
    length, height = googlenet.bar((1, 256, 56, 56))
    assert googlenet.bar((1, 64, 56, 56)) == pytest.approx((length / 2, height))
    assert googlenet.bar((1, 256, 14, 14)) == pytest.approx((length, height / 2))
    assert googlenet.bar((1, 256, 28, 7)) == pytest.approx((length, height / 2))
    assert googlenet.bar((9, 256, 56, 56)) == pytest.approx((length, height))


@pytest.mark.parametrize("shape", [(), (64,), (1, 0, 3, 3), (0, 1)])
def test_the_smallest_bar_can_be_seen(shape, googlenet):
    assert min(googlenet.bar(shape)) > 0.02


def test_long_names_lose_their_middle():
    assert visible("inception_3a/3x3", 40) == "inception_3a/3x3"
    short = visible("a" * 30 + "b" * 30, 11)
    assert short == "aaaaa…bbbbb"
    assert visible("new\nline\x00") == r"new\nline\x00"
