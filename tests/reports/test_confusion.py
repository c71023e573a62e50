"""Confusion: which classes are taken for which, beside plain loops and Accuracy's own number."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.errors import NetError
from blobnet.reports.confusion import Confusion

NET = """
    layer {{ name: "in" type: "Input" top: "x" top: "y"
      input_param {{ shape {{ {shape} }} shape {{ {labels} }} }} }}
    layer {{ name: "acc" type: "Accuracy" bottom: "x" bottom: "y" top: "acc"
      accuracy_param {{ {options} }} }}
"""


def make(options="", shape="dim: 50 dim: 4", labels="dim: 50", **more):
    text = NET.format(shape=shape, labels=labels, options=options)
    return blobnet.Net(blobnet.parse_net(text + more.pop("rest", "")), "TEST", **more)


def counted(net, batches, layer=""):
    with Confusion(net, layer) as confusion:
        for x, y in batches:
            net.forward(x=x, y=y)
    return confusion


@pytest.mark.parametrize("inference", [False, True])
def test_every_item_of_every_batch_is_counted(rng, inference):
    batches = [(rng.normal(size=(50, 4)), rng.integers(0, 4, 50)) for _ in range(3)]
    expected = np.zeros((4, 4), int)
    for x, y in batches:
        for scores, label in zip(x, y, strict=True):
            expected[label, scores.argmax()] += 1
    confusion = counted(make(inference=inference), batches)
    np.testing.assert_array_equal(confusion.matrix, expected)
    assert confusion.layer == "acc"


@pytest.mark.parametrize(
    "options",
    ["", "top_k: 2", "ignore_label: 1", "min_is_better: true", "top_k: 3 ignore_label: 0"],
)
def test_what_is_right_is_what_accuracy_says(rng, options):
    net = make(options)
    x = rng.integers(0, 3, (50, 4))  # with many ties
    confusion = counted(net, [(x, rng.integers(0, 4, 50))])
    assert confusion.accuracy == pytest.approx(float(net.blobs["acc"].data), abs=1e-6)


def test_ignored_items_do_not_count(rng):
    y = np.arange(50) % 4
    confusion = counted(make("ignore_label: 2"), [(rng.normal(size=(50, 4)), y)])
    assert confusion.matrix[2].sum() == 0
    assert confusion.matrix.sum() == np.count_nonzero(y != 2)


def test_an_item_among_the_best_is_taken_for_what_it_is():
    net = make("top_k: 2", "dim: 3 dim: 3", "dim: 3")
    x = [[3, 2, 1], [3, 2, 1], [3, 2, 1]]
    confusion = counted(net, [(x, [0, 1, 2])])
    assert confusion.matrix.tolist() == [[1, 0, 0], [0, 1, 0], [1, 0, 0]]


def test_every_place_of_a_map_is_an_item(rng):
    net = make("axis: 1", "dim: 2 dim: 3 dim: 4 dim: 5", "dim: 2 dim: 4 dim: 5")
    x, y = rng.normal(size=(2, 3, 4, 5)), rng.integers(0, 3, (2, 4, 5))
    expected = np.zeros((3, 3), int)
    for n, i, j in np.ndindex(2, 4, 5):
        expected[y[n, i, j], x[n, :, i, j].argmax()] += 1
    np.testing.assert_array_equal(counted(net, [(x, y)]).matrix, expected)


def test_scores_computed_by_hand():
    confusion = Confusion(make())
    confusion.add(np.array([0, 0, 0, 1, 1, 3]), np.array([0, 0, 1, 1, 0, 0]), 4)
    a, b, c, d = confusion.by_class()
    assert a == pytest.approx((2 / 4, 2 / 3, 4 / 7, 3))
    assert b == (1 / 2, 1 / 2, 1 / 2, 2)
    assert c == (None, None, None, 0)
    assert d == (None, 0.0, 0.0, 1)
    assert confusion.accuracy == 3 / 6
    mean = confusion.mean()
    assert mean == pytest.approx((1 / 2, (2 / 3 + 1 / 2) / 3, (4 / 7 + 1 / 2) / 3, 6))
    assert list(confusion.mistakes()) == [(0, 1, 1), (1, 0, 1), (3, 0, 1)]


def test_without_any_item_there_is_nothing_to_divide_by():
    confusion = Confusion(make())
    assert confusion.accuracy is None
    assert confusion.mean() == (None, None, None, 0)
    assert list(confusion.mistakes()) == []


OTHERS = """
    layer { name: "five" type: "Accuracy" bottom: "x" bottom: "y" top: "five"
      accuracy_param { top_k: 2 } }
    layer { name: "last" type: "Accuracy" bottom: "x" bottom: "y" top: "last" }
    layer { name: "six" type: "Accuracy" bottom: "x" bottom: "y" top: "six"
      accuracy_param { top_k: 3 } }
"""


def test_of_several_the_last_that_counts_the_best_alone_or_the_one_that_is_named():
    net = make(rest=OTHERS)
    assert Confusion(net).layer == "last"
    assert Confusion(net, "five").layer == "five"
    with pytest.raises(NetError, match=r"'lst' compares no scores[^$]*acc, five, last[^$]*last"):
        Confusion(net, "lst")


def test_a_net_without_accuracy_is_told_what_to_add():
    net = blobnet.Net(blobnet.parse_net('layer { name: "i" type: "Input" top: "x" }'), "TEST")
    with pytest.raises(NetError, match=r'no layer compares[^$]*type: "Accuracy"'):
        Confusion(net)


def test_classes_that_change_are_refused():
    confusion = Confusion(make())
    confusion.add(np.array([0]), np.array([1]), 3)
    with pytest.raises(NetError, match="'acc': the number of classes changes"):
        confusion.add(np.array([0]), np.array([1]), 4)
    with pytest.raises(NetError, match="a matrix of"):
        Confusion(make()).add(np.array([0]), np.array([1]), 10**8)
