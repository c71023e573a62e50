"""Intersection over union, as two forks' solvers log it; the numbers are made by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from blobnet import Net, PythonLayer, SolverError, parse_net, parse_solver
from blobnet.reports.eval_types import new_scores
from tests.reports.test_detection_scores import FIRST, INTEGRAL, SECOND

ONE = """layer { name: "a" type: "Python" top: "a" python_param {
    module: "tests.reports.test_segmentation_scores" layer: "First" } }"""
TWO = f"""{ONE} layer {{ name: "b" type: "Python" top: "b" python_param {{
    module: "tests.reports.test_segmentation_scores" layer: "Second" }} }}"""


class First(PythonLayer):
    """A top with the given values, one entry for each forward."""

    batches: tuple = ()

    def setup(self, bottom, top):
        self.number = 0

    def reshape(self, bottom, top):
        top[0].reshape(*np.shape(self.batches[self.number]))

    def forward(self, bottom, top):
        top[0].data[...] = self.batches[self.number]
        self.number = min(self.number + 1, len(self.batches) - 1)


class Second(First):
    """Another one."""


def scores_of(monkeypatch, text, settings, first, second=()):
    monkeypatch.setattr(First, "batches", first)
    monkeypatch.setattr(Second, "batches", second)
    net, scores = Net(parse_net(text), "TEST"), new_scores(parse_solver(settings))
    for _ in first:
        net.forward()
        scores.add(net)
    return scores


COUNTS = 'eval_type: "segmentation" classiou_class_num: 3'


@pytest.mark.parametrize("axes", [(), (1, 1)])
def test_pixels_are_counted_in_all_batches(monkeypatch, axes):
    """Class 0: 8 right, 1 wrong, 3 missed; class 1 nowhere; class 2: 0 right, 4 wrong."""
    batches = [[[5, 0, 0], [1, 0, 1], [2, 0, 0]], [[3, 0, 0], [0, 0, 3], [1, 0, 0]]]
    shaped = [np.reshape(batch, (3, 3, *axes)) for batch in batches]
    scores = scores_of(monkeypatch, ONE, COUNTS, shaped)
    assert scores.by_name() == {"segmentation_eval_classIOU": pytest.approx((8 / 12 + 0) / 2)}
    assert scores.loss == 0


def test_other_outputs_do_not_count(monkeypatch):
    counts = [[[1, 0, 0], [0, 0, 0], [1, 0, 0]]]
    scores = scores_of(monkeypatch, TWO, COUNTS, counts, [[7.0]])
    assert scores.by_name() == {"segmentation_eval_classIOU": 0.5}


def test_of_nothing_there_is_no_mean(monkeypatch):
    scores = scores_of(monkeypatch, ONE, COUNTS, [np.zeros((3, 3))])
    assert math.isnan(scores.by_name()["segmentation_eval_classIOU"])


def test_without_counts_there_is_nothing_to_say(monkeypatch):
    with pytest.raises(SolverError, match=r"no output counts pixels\n.*\(3, 3\).*\n.*\(3, 4\)"):
        scores_of(monkeypatch, ONE, COUNTS, [np.zeros((3, 4))])


BOTH = 'eval_type: "detection_segmentation"'


def test_boxes_and_classes_of_pixels(monkeypatch, caplog):
    """Class 1 says once that there is nothing of it, and is left out from there on."""
    caplog.set_level("INFO", "blobnet")
    shares = [[[[[0.5, 0.25, 0.75]]]], [[[[0.25, -1, 0.25]]]], [[[[0.75, 0.5, 0.5]]]]]
    rows = [[[FIRST]], [[SECOND]], [[SECOND[:2]]]]
    scores = scores_of(monkeypatch, TWO, BOTH, rows, shares)
    shown = [1.5 / 3, -0.75 / 2, 1.5 / 3]
    found = scores.by_name()
    assert list(found) == ["a", "b"]
    assert found["b"] == pytest.approx(sum(shown) / 3)
    assert 0 < found["a"] < sum(INTEGRAL) / 2  # more truths, and no more detections
    scores.rows()
    assert caplog.messages == [
        *(f"Seg Classes {label} IOU : {share:g}" for label, share in enumerate(shown)),
        f"Seg mIOU : {sum(shown) / 3:g}",
    ]


def test_both_must_be_there(monkeypatch):
    with pytest.raises(SolverError, match=r"two outputs\n.*\n.*got: +a"):
        scores_of(monkeypatch, ONE, BOTH, [[[FIRST]]])
