"""Means of outputs, position by position; scores of numbers that are none."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet import Net, PythonLayer, SolverError, parse_net
from blobnet.reports.scores import MeanOutputs
from tests.solver.training import RANDOM_REGRESSION, make_solver

PYTHON = """layer { name: "values" type: "Python" top: "out"
                    python_param { module: "tests.reports.test_scores" layer: "Batches" } }"""
CLASSES = """
    layer { name: "data" type: "DummyData" top: "x" top: "t"
      dummy_data_param { shape { dim: 4 dim: 3 } shape { dim: 4 }
        data_filler { type: "gaussian" } data_filler { value: 1 } } }
    layer { name: "ip" type: "InnerProduct" bottom: "x" top: "a"
      inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
    layer { name: "accuracy" type: "Accuracy" bottom: "a" bottom: "t" top: "accuracy"
      include { phase: TEST } }
    %s
"""
LOSS = 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "a" bottom: "t" top: "loss" }'


class Batches(PythonLayer):
    """A top with the given values, one entry for each forward."""

    batches: tuple = ()

    def setup(self, bottom, top):
        self.number = 0

    def reshape(self, bottom, top):
        top[0].reshape(*np.shape(self.batches[self.number]))

    def forward(self, bottom, top):
        top[0].data[...] = self.batches[self.number]
        self.number = min(self.number + 1, len(self.batches) - 1)


@pytest.fixture
def means_of(monkeypatch):
    def of(*batches):
        monkeypatch.setattr(Batches, "batches", batches)
        net, means = Net(parse_net(PYTHON), "TEST"), MeanOutputs()
        for _ in batches:
            net.forward()
            means.add(net)
        return means.by_name()

    return of


def test_the_mean_is_taken_position_by_position(means_of):
    assert means_of([[1, 2, 3]], [[10, 20, 30]], [[1, 2, 30]]) == {
        "out[0]": 4, "out[1]": 8, "out[2]": 21
    }  # fmt: skip
    assert means_of([5], [7]) == {"out": 6}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([[20]], [[10], [20], [30]]),
        ([[10], [20], [30]], [[20]]),
        ([[1, 2]], [[1], [2]]),  # as many, but which belong together?
        ([1], []),
    ],
)
def test_an_output_that_changes_its_shape_has_no_mean(means_of, first, second):
    shapes = [str(np.shape(values)) for values in (first, second)]
    with pytest.raises(SolverError, match="no mean of output 'out': its shape changes") as caught:
        means_of(first, first, second)
    assert f"expected: shape {shapes[0]}, as in the batch before\n" in str(caught.value)
    assert f"got:      shape {shapes[1]} in batch 2\n" in str(caught.value)
    assert "Silence" in str(caught.value)


def test_a_solver_explains_it_too(monkeypatch):
    monkeypatch.setattr(Batches, "batches", [[1, 2], [1]])
    net = RANDOM_REGRESSION + PYTHON.replace("python_param", "include { phase: TEST } python_param")
    solver = make_solver(net, "test_iter: 2 test_interval: 3")
    with pytest.raises(SolverError, match="no mean of output 'out'"):
        solver.step(1)
    monkeypatch.setattr(Batches, "batches", [[1, 2], [1]])
    silenced = net + 'layer { type: "Silence" bottom: "out" include { phase: TEST } }'
    assert list(make_solver(silenced, "test_iter: 2 test_interval: 3").test(0)) == ["loss"]


# --- not finite -----------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", [LOSS, LOSS.replace("SoftmaxWithLoss", "HingeLoss")])
def test_a_net_of_nan_is_not_praised_without_a_word(warnings, caplog, loss):
    solver = make_solver(CLASSES % loss, "test_iter: 2 test_interval: 3")
    assert warnings(solver.test, 0) == []
    solver.net.params["ip"][0].data[3, 1] = np.nan
    (message,) = warnings(solver.test, 0)
    assert message == (
        "Test net #0: values are not finite, so scores such as accuracy mean nothing: blobs_[0] "
        '(the weights) of InnerProduct layer "ip": 1 of 30 values not finite, the first nan at '
        "(3, 1)"
    )
    solver.net.params["ip"][0].data[...] = np.nan
    assert solver.test(0)["accuracy"] == 1, "the number is Caffe's"


def test_scores_that_overflow_with_sound_weights_are_told(warnings):
    solver = make_solver(CLASSES % LOSS, "test_iter: 2 test_interval: 3")
    solver.net.params["ip"][0].data[...] = 3e38
    (message,) = warnings(solver.test, 0)
    assert 'bottom "a' in message
    assert "of Accuracy layer" in message
    assert not solver.test_nets[0].callbacks.after_forward, "the watch has ended"


def test_batch_norm_without_statistics_is_named_as_the_cause(warnings):
    """Before training variances are 0: every layer multiplies by 1 / sqrt(eps)."""
    norms = "".join(
        f'layer {{ name: "bn{i}" type: "BatchNorm" bottom: "a" top: "a" '
        "batch_norm_param { eps: 1e-20 } }"
        for i in range(4)
    )
    before, accuracy = CLASSES.split('layer { name: "accuracy"')
    net = f'{before}{norms}layer {{ name: "accuracy"{accuracy}' % LOSS
    solver = make_solver(net, "test_iter: 1 test_interval: 30")
    (message,) = warnings(solver.test, 0)
    assert message.endswith("; BatchNorm has no statistics yet")
    solver.net.params["ip"][0].data[...] = 0
    assert warnings(solver.test, 0) == []
    solver.net.params["ip"][0].data[...] = np.nan
    for name in ("bn0", "bn1", "bn2", "bn3"):
        solver.net.params[name][2].data[...] = 1
    (message,) = warnings(solver.test, 0)
    assert "statistics" not in message


def test_the_watch_ends_with_an_error_too():
    solver = make_solver(CLASSES % LOSS, "test_iter: 2 test_interval: 3")

    def fail(index):
        raise RuntimeError("from a callback")

    solver.test_nets[0].callbacks.before_forward.append(fail)
    with pytest.raises(RuntimeError):
        solver.test(0)
    assert not solver.test_nets[0].callbacks.after_forward


def test_infinite_values_on_the_way_are_not_scores(warnings):
    """exp(log(0)) is 0: what is infinite in between is no reason to doubt."""
    net = (
        RANDOM_REGRESSION
        + """
        layer { name: "zero" type: "DummyData" top: "z" dummy_data_param { shape { dim: 2 } } }
        layer { name: "log" type: "Log" bottom: "z" top: "log" }
        layer { name: "exp" type: "Exp" bottom: "log" top: "exp" }
        layer { name: "sum" type: "Reduction" bottom: "exp" top: "sum" }
    """
    )
    solver = make_solver(net, "test_iter: 1 test_interval: 3")
    assert warnings(solver.test, 0) == []
    assert solver.test(0)["sum"] == 0
