"""The mean average precision, as SSD's solver logs it."""

from __future__ import annotations

import pytest

from blobnet import Net, SolverError, parse_net, parse_solver
from blobnet.reports.detection_scores import DetectionScores
from tests.reports.test_scores import PYTHON, Batches
from tests.solver.training import RANDOM_REGRESSION, make_solver

COUNTS = [[-1, 1, 2, -1, -1], [-1, 2, 1, -1, -1]]
FIRST = [*COUNTS, [0, 1, 0.9, 1, 0], [0, 1, 0.8, 0, 1], [0, 2, 0.7, 0, 0]]
SECOND = [*COUNTS, [1, 1, 0.85, 1, 0], [1, 2, 0.6, 0, 1], [1, 2, 0.5, 1, 0]]
"""Of class 1: right at .9 and .85, wrong at .8, of 4 truths; of class 2: wrong at .6, right at .5,
of 2 truths; the detection at .7 is neither."""

INTEGRAL = (1 / 2, 1 / 2 * 1 / 2)


def scores_of(monkeypatch, settings, *batches):
    monkeypatch.setattr(Batches, "batches", [[[rows]] for rows in batches])
    net, scores = Net(parse_net(PYTHON), "TEST"), DetectionScores(parse_solver(settings))
    for _ in batches:
        net.forward()
        scores.add(net)
    return scores


def test_precisions_are_averaged_over_classes(monkeypatch):
    scores = scores_of(monkeypatch, "", FIRST, SECOND)
    assert scores.by_name() == {"out": pytest.approx(sum(INTEGRAL) / 2)}
    assert scores.loss == 0


@pytest.mark.parametrize(
    ("version", "expected"), [("MaxIntegral", INTEGRAL), ("11point", (6 / 11, 6 / 11 / 2))]
)
def test_versions(monkeypatch, version, expected):
    scores = scores_of(monkeypatch, f'ap_version: "{version}"', FIRST, SECOND)
    assert scores.by_name() == {"out": pytest.approx(sum(expected) / 2)}


def test_classes_are_shown_where_that_is_wanted(monkeypatch, caplog):
    caplog.set_level("INFO", "blobnet")
    scores_of(monkeypatch, "", FIRST, SECOND).rows()
    assert caplog.messages == []
    scores_of(monkeypatch, "show_per_class_result: true", FIRST, SECOND).rows()
    assert caplog.messages == ["class1: 0.5", "class2: 0.25"]


def test_a_class_without_detections_counts_0(monkeypatch, caplog):
    scores = scores_of(monkeypatch, "", FIRST)
    assert scores.by_name() == {"out": pytest.approx(1 / 2 / 2)}
    assert "Missing true_pos for label: 2" in caplog.messages


def test_other_outputs_are_refused(monkeypatch):
    monkeypatch.setattr(Batches, "batches", [[1, 2, 3]])
    net = Net(parse_net(PYTHON), "TEST")
    net.forward()
    with pytest.raises(SolverError, match="output 'out' cannot be tested as detections"):
        DetectionScores(parse_solver("")).add(net)


def test_a_solver_tests_and_logs_detections(monkeypatch, caplog):
    caplog.set_level("INFO", "blobnet")
    monkeypatch.setattr(Batches, "batches", [[[FIRST]], [[SECOND]]])
    test_net = PYTHON.replace("values", "detected").replace("out", "detection_eval")
    solver = make_solver(settings='eval_type: "detection" test_iter: 2 test_interval: 100')
    solver.test_nets[:] = [Net(parse_net(test_net), "TEST")]
    assert solver.test() == {"detection_eval": pytest.approx(0.375)}
    assert "    Test net output #0: detection_eval = 0.375" in caplog.messages


def test_the_small_net_is_no_detector():
    solver = make_solver(
        RANDOM_REGRESSION, 'eval_type: "detection" test_iter: 1 test_interval: 100'
    )
    with pytest.raises(SolverError, match="cannot be tested as detections"):
        solver.test()
