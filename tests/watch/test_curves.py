"""Curves stay short however long a training is, and know their newest point."""

from __future__ import annotations

from itertools import pairwise

from blobnet.watch.curves import MOST_POINTS, Curve, Curves


def test_a_long_curve_is_thinned_out_evenly():
    curve = Curve()
    for iteration in range(50_000):
        curve.add(iteration, iteration / 2)
    told = curve.told()
    assert len(told["values"]) <= MOST_POINTS + 1
    assert told["iterations"][0] == 0
    assert told["iterations"][-1] == 49_999
    assert told["values"] == [iteration / 2 for iteration in told["iterations"]]
    gaps = {b - a for a, b in pairwise(told["iterations"][:-1])}
    assert len(gaps) == 1


def test_values_that_are_no_numbers_are_words():
    curve = Curve()
    curve.add(0, float("nan"))
    assert curve.told() == {"iterations": [0], "values": ["nan"]}


def test_what_was_before_going_back_is_one_curve():
    curves = Curves()
    for iteration in range(10):
        curves.add_loss(iteration, iteration)
    curves.add_scores(0, 0, {"accuracy": 0.1})
    curves.add_scores(5, 1, {"accuracy": 0.5})
    curves.add_scores(8, 1, {"accuracy": 0.8})
    assert curves.told()["left"] is None
    curves.go_back(6)
    told = curves.told()
    assert told["loss"]["iterations"] == list(range(6))
    assert told["left"]["iterations"] == [6, 7, 8, 9]
    assert told["scores"]["accuracy"]["values"] == [0.1]
    assert told["scores"]["accuracy #1"] == {"iterations": [5], "values": [0.5]}
    curves.go_back(5)  # one point alone is no course
    assert curves.told()["left"]["iterations"] == [6, 7, 8, 9]


def test_a_test_that_is_done_again_replaces_its_scores():
    curves = Curves()
    for score in (0.1, 0.2):
        curves.add_scores(3, 0, {"accuracy": score})
    assert curves.told()["scores"]["accuracy"] == {"iterations": [3], "values": [0.2]}
