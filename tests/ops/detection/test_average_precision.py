"""Average precision, computed by hand."""

import numpy as np
import pytest

from blobnet.ops.detection.average_precision import AP_VERSIONS, average_precision

SCORES = np.array([0.5, 0.9, 0.6, 0.8, 0.7], np.float32)
RIGHT = np.array([0, 1, 1, 0, 1], bool)
"""By falling score: right, wrong, right, right, wrong. Of 4 truths: recall 1/4, 1/4, 2/4, 3/4, 3/4,
precision 1, 1/2, 2/3, 3/4, 3/5."""


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("Integral", (1 + 2 / 3 + 3 / 4) / 4),
        ("MaxIntegral", (1 + 3 / 4 + 3 / 4) / 4),
        # 0, .1, .2: 1; .3 to .7: 3/4; .8 to 1: 0
        ("11point", (3 * 1 + 5 * 3 / 4) / 11),
        # to .25: 1; .26 to .75: 3/4
        ("101point", (26 * 1 + 50 * 3 / 4) / 101),
    ],
)
def test_by_hand(version, expected):
    assert average_precision(SCORES, RIGHT, 4, version) == pytest.approx(expected)


def test_eleven_points_where_recall_is_large_from_the_start():
    scores, right = np.array([0.9, 0.8, 0.7], np.float32), np.array([0, 1, 1], bool)
    # recall 0, 1/2, 1; precision 0, 1/2, 2/3: the best is the last, from every point on
    assert average_precision(scores, right, 2, "11point") == pytest.approx(2 / 3)
    # recall 1 from the first on: the best of all, at every point
    assert average_precision(scores[:1], right[1:2], 1, "11point") == pytest.approx(1)
    # recall 1/2, 1/2, 1; precision 1, 1/2, 2/3: nothing is below .5, and what was found for 1
    # does not count there
    right = np.array([1, 0, 1], bool)
    assert average_precision(scores, right, 2, "11point") == pytest.approx((5 * 2 / 3 + 6) / 11)


@pytest.mark.parametrize("version", AP_VERSIONS)
def test_all_right_is_1_and_all_wrong_is_0(version):
    scores = np.linspace(1, 0, 20, dtype=np.float32)
    assert average_precision(scores, np.ones(20, bool), 20, version) == pytest.approx(1)
    assert average_precision(scores, np.zeros(20, bool), 20, version) == 0


@pytest.mark.parametrize("version", AP_VERSIONS)
def test_nothing_found_or_nothing_to_find_is_0(version):
    none = np.zeros(0, np.float32)
    assert average_precision(none, none.astype(bool), 3, version) == 0
    assert average_precision(SCORES, RIGHT, 0, version) == 0


def test_of_equal_scores_the_first_comes_first():
    same, right = np.ones(2, np.float32), np.array([1, 0], bool)
    assert average_precision(same, right, 1, "Integral") == 1
    assert average_precision(same, right[::-1], 1, "Integral") == 0.5


@pytest.mark.parametrize("version", AP_VERSIONS)
@pytest.mark.parametrize("seed", range(8))
def test_ssds_own_loops_say_the_same(version, seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 40))
    scores, right = rng.random(n).astype(np.float32), rng.random(n) < rng.random()
    positives = int(right.sum() + rng.integers(1, 5))
    expected = by_loops(scores, right, positives, version)
    assert average_precision(scores, right, positives, version) == pytest.approx(expected)


def by_loops(scores, right, positives, version):
    """One detection after the other."""
    found, curve = 0, []
    for count, i in enumerate(sorted(range(len(scores)), key=lambda i: -scores[i]), start=1):
        found += right[i]
        curve.append((found / positives, found / count))
    if version.endswith("point"):
        return by_points(curve, int(version.removesuffix("point")))
    total, last = 0.0, 0.0
    for i, (recall, precision) in enumerate(curve):
        best = max(p for _, p in curve[i:]) if version == "MaxIntegral" else precision
        total, last = total + best * (recall - last), recall
    return total


def by_points(curve, points):
    """The walk downwards from the largest recall: it stays at a point until recall is below it."""
    best, last = [0.0] * points, len(curve) - 1
    for point in range(points - 1, -1, -1):
        for i in range(last, -1, -1):
            if float(np.float32(curve[i][0])) < point / (points - 1):  # as SSD rounds
                last = i
                if point:
                    best[point - 1] = best[point]
                break
            best[point] = max(best[point], curve[i][1])
    return sum(best) / points
