"""Overlaps and non-maximum suppression against loops over numbers, in float32 like a fork's."""

import numpy as np
import pytest

from blobnet.ops import parallel
from blobnet.ops.detection import boxes as module
from blobnet.ops.detection.boxes import nms, nms_in_groups, overlaps
from blobnet.ops.jit import available

F = np.float32


@pytest.fixture(params=["numpy", "compiled"], autouse=True)
def way(request, monkeypatch):
    """Who computes."""
    if request.param == "compiled" and not available():
        pytest.skip("nothing can be compiled here")
    if request.param == "numpy":
        for name in ("overlaps", "_choose", "_choose_in_groups"):
            function = getattr(module, name).__wrapped__
            monkeypatch.setattr(module, name, function)
            if name == "overlaps":
                monkeypatch.setitem(globals(), name, function)
    return request.param


def boxes(count, rng, dtype="float32", size=100):
    corners = rng.uniform(0, size, (count, 2))
    return np.concatenate([corners, corners + rng.uniform(-2, size / 2, (count, 2))], 1).astype(
        dtype
    )


def overlap(a, b, border):
    width = min(a[2], b[2]) - max(a[0], b[0]) + F(border)
    height = min(a[3], b[3]) - max(a[1], b[1]) + F(border)
    if not (width > 0 and height > 0):
        return F(0)
    areas = [(box[2] - box[0] + F(border)) * (box[3] - box[1] + F(border)) for box in (a, b)]
    both = width * height
    return both / (areas[0] + areas[1] - both)


def chosen(some, threshold, border=0, limit=None, eta=1.0, drop_equal=False):
    """Box by box, as SSD does it."""
    kept = []
    for j, box in enumerate(some):
        if limit is not None and len(kept) >= limit:
            break
        its = [float(overlap(some[k], box, border)) for k in kept]
        if all(one < threshold if drop_equal else one <= threshold for one in its):
            kept.append(j)
            if eta < 1 and threshold > 0.5:
                threshold = float(F(threshold) * F(eta))
    return kept


@pytest.mark.parametrize("border", [0, 1])
@pytest.mark.parametrize(("n", "m"), [(1, 1), (7, 30), (20, 8), (0, 3), (3, 0)])
def test_overlaps_are_the_common_area_by_that_of_either(n, m, border, rng):
    a, b = boxes(n, rng), boxes(m, rng)
    expected = np.array([[overlap(x, y, border) for y in b] for x in a], F).reshape(n, m)
    found = overlaps(a, b, border=border)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == a.dtype


def test_overlaps_by_hand():
    a = np.array([[0, 0, 2, 2]], F)
    b = np.array([[0, 0, 2, 2], [1, 1, 3, 3], [2, 0, 4, 2], [3, 3, 1, 1], [0, 0, 1, 1]], F)
    np.testing.assert_array_equal(overlaps(a, b, border=0)[0], F([1, 1 / 7, 0, 0, 1 / 4]))
    np.testing.assert_array_equal(overlaps(a, b, border=1)[0], F([1, 4 / 14, 3 / 15, 0, 4 / 9]))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_overlaps_in_pieces_are_the_same(dtype, rng, monkeypatch):
    a, b = boxes(50, rng, dtype), boxes(41, rng, dtype)
    whole = overlaps(a, b, border=1)
    monkeypatch.setattr(module, "ROWS", 100)
    np.testing.assert_array_equal(overlaps(a, b, border=1), whole)


def test_overlaps_do_not_depend_on_the_number_of_threads(rng):
    a, found = boxes(900, rng), []
    for number in (1, 3):
        parallel.set_num_threads(number)
        found.append(overlaps(a, a, border=0))
    parallel.set_num_threads(None)
    np.testing.assert_array_equal(*found)


SETTINGS = [
    {},
    {"border": 1},
    {"limit": 5},
    {"limit": 0},
    {"limit": 1000},
    {"eta": 0.9},
    {"eta": 0.99, "border": 1, "limit": 20},
    {"drop_equal": True},
    {"drop_equal": True, "border": 1},
]


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("threshold", [0.3, float(F(0.7)), 0.9, 0.0, -1.0])
def test_nms_keeps_what_a_loop_keeps(threshold, settings, rng):
    for count in (0, 1, 60):
        some = boxes(count, rng, size=30)
        found = nms(some, threshold, **settings)
        assert found.tolist() == chosen(some, threshold, **settings)
        assert found.dtype == np.int64


def test_many_boxes_have_the_same_way(rng):
    some = boxes(1500, rng, size=300)
    assert nms(some, 0.5, border=1).tolist() == chosen(some[:200], 0.5, border=1) + [
        j for j in nms(some, 0.5, border=1).tolist() if j >= 200
    ]
    kept = nms(some, 0.5, border=1)
    among = overlaps(some[kept], some[kept], border=1)
    assert (among[~np.eye(len(kept), dtype=bool)] <= 0.5).all()
    gone = np.setdiff1d(np.arange(1500), kept)
    before = kept[None] < gone[:, None]
    assert ((overlaps(some[gone], some[kept], border=1) > 0.5) & before).any(1).all()


def test_an_overlap_that_is_the_threshold_stays_unless_equals_are_dropped():
    some = np.array([[0, 0, 2, 2], [0, 0, 1, 2], [0, 0, 2, 2]], F)  # 1/2 with the first
    assert nms(some, 0.5).tolist() == [0, 1]
    assert nms(some, 0.5, drop_equal=True).tolist() == [0]
    assert nms(some, 1.0).tolist() == [0, 1, 2]


def test_a_threshold_has_its_own_precision():
    """An overlap of float32(1/3) is more than 1/3 and, rounded, as much."""
    some = np.array([[0, 0, 2, 1], [1, 0, 3, 1]], F)
    assert float(overlaps(some[:1], some[1:], border=0)[0, 0]) == float(F(1 / 3)) > 1 / 3
    assert nms(some, 1 / 3).tolist() == [0]
    assert nms(some, float(F(1 / 3))).tolist() == [0, 1]
    assert nms(some, 1 / 3, drop_equal=True).tolist() == [0]
    assert nms(some, float(np.nextafter(F(1 / 3), F(1))), drop_equal=True).tolist() == [0, 1]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38])
def test_boxes_without_a_place_stay_and_have_no_other_go(bad):
    some = np.array([[0, 0, 2, 2], [0, bad, 2, 2], [-bad, -bad, bad, bad], [0, 0, 2, 2]], F)
    assert nms(some, 0.5).tolist()[:3] == [0, 1, 2]
    if np.isnan(bad):
        np.testing.assert_array_equal(overlaps(some[:1], some, border=0)[0], [1, 0, 0, 1])


@pytest.mark.parametrize("eta", [1, 0.9])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_groups_do_not_see_one_another(dtype, eta, rng):
    counts = np.array([0, 40, 3, 0, 1, 17, 0])
    some, first, expected = boxes(int(counts.sum()), rng, dtype), 0, []
    for count in counts.tolist():
        kept = nms(some[first : first + count], 0.6, eta=eta)
        expected += (first + kept).tolist()
        first += count
    assert nms_in_groups(some, counts, 0.6, eta=eta).tolist() == expected
    assert nms_in_groups(some[:0], counts[:0], 0.6).tolist() == []
