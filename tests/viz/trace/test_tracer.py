from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.errors import NetError, SolverError
from blobnet.viz.trace import StepTracer, trace_steps
from tests.viz.trace.small_trainings import BY_HAND, SMALL, make_solver


def values(arrays):
    """Name to numbers of what is told in full."""
    return {name: note.values for name, note in arrays}


def traced(solver, **options):
    (step,) = trace_steps(solver, **options)
    return step


@pytest.fixture(scope="module")
def by_hand():
    return traced(make_solver(BY_HAND, dtype="f8"))


# --- by hand --------------------------------------------------------------------------------------


def test_the_forward_of_the_example_by_hand(by_hand):
    (told,) = by_hand.passes
    layers = {layer.name: layer for layer in told.layers}
    assert list(layers) == ["x", "target", "ip1", "h", "ip2", "o", "error"]
    np.testing.assert_allclose(values(layers["ip1"].bottom)["x"], [[0.05, 0.10]])
    np.testing.assert_allclose(values(layers["ip1"].weights)["blobs_[0]"][1], [0.25, 0.30])
    np.testing.assert_allclose(values(layers["ip1"].top)["ip1"], [[0.3775, 0.3925]])
    hidden = values(layers["h"].top)["h"]
    np.testing.assert_allclose(hidden, [[0.593269992, 0.596884378]], rtol=1e-8)
    np.testing.assert_allclose(values(layers["ip2"].bottom)["h"], hidden)
    outputs = values(layers["o"].top)["o"]
    np.testing.assert_allclose(outputs, [[0.75136507, 0.772928465]], rtol=1e-8)
    assert layers["error"].loss == told.loss == by_hand.loss == pytest.approx(0.298371109, rel=1e-8)


def test_the_backward_of_the_example_by_hand(by_hand):
    (told,) = by_hand.passes
    assert [layer.name for layer in told.backward] == ["error", "o", "ip2", "h", "ip1"]
    assert told.idle == ["x", "target"]
    error, o, ip2, h, ip1 = told.backward
    assert values(error.top_diff) == {"E": 1}
    delta = [[0.741365069, -0.217071535]]
    np.testing.assert_allclose(values(error.bottom_diff)["o"], delta, rtol=1e-8)
    np.testing.assert_allclose(values(o.top_diff)["o"], delta, rtol=1e-8)
    delta = [[0.138498562, -0.0380982366]]
    np.testing.assert_allclose(values(ip2.top_diff)["ip2"], delta, rtol=1e-8)
    gradient = values(ip2.weight_diff)["blobs_[0]"]
    np.testing.assert_allclose(gradient[0], [0.0821670406, 0.0826676278], rtol=1e-8)
    assert list(values(ip2.weight_diff)) == ["blobs_[0]"]  # the biases learn nothing
    np.testing.assert_allclose(values(h.top_diff)["h"][0, 0], 0.0363503064, rtol=1e-8)
    assert ip1.bottom_diff == []  # nobody wants the gradient of the input
    gradient = values(ip1.weight_diff)["blobs_[0]"]
    np.testing.assert_allclose(gradient[0], [0.000438567725, 0.000877135448], rtol=1e-6)


def test_the_update_of_the_example_by_hand(by_hand):
    updates = {update.name: update for update in by_hand.updates}
    expected = {
        "ip1 blobs_[0]": [[0.149780716, 0.19956143], [0.24975114, 0.29950229]],
        "ip2 blobs_[0]": [[0.35891648, 0.408666186], [0.51130127, 0.561370121]],
    }
    for name, weights in expected.items():
        update = updates[name]
        np.testing.assert_allclose(update.after.values, weights, rtol=1e-7)
        np.testing.assert_allclose(update.change.values, 0.5 * update.gradient.values)
        np.testing.assert_allclose(
            update.before.values - update.change.values, update.after.values, rtol=0, atol=0
        )
        assert (update.rate, update.lr_mult, update.decay, update.error) == (0.5, 1, 0, 0)
    biases = updates["ip1 blobs_[1]"]
    assert (biases.rate, biases.lr_mult) == (0, 0)
    assert biases.change.is_zero


def test_what_is_known_before_the_step(by_hand):
    assert (by_hand.net, by_hand.iteration, by_hand.rate) == ("by hand", 0, 0.5)
    assert (by_hand.solver, by_hand.rule, by_hand.settings) == ("SGD", "w = w - rate * g", {})


# --- it only watches ------------------------------------------------------------------------------

SETTINGS = {
    "SGD": "momentum: 0.9 weight_decay: 0.01 clip_gradients: 0.5 iter_size: 2",
    "Nesterov": "momentum: 0.9",
    "AdaGrad": 'regularization_type: "L1" weight_decay: 0.01',
    "RMSProp": "",
    "AdaDelta": "momentum: 0.9",
    "Adam": "momentum: 0.9",
}


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_traced_training_is_the_training(kind):
    settings = f'type: "{kind}" {SETTINGS[kind]}'
    plain, watched = make_solver(settings=settings), make_solver(settings=settings)
    plain.step(3)
    steps = list(trace_steps(watched, 3))
    assert [step.iteration for step in steps] == [0, 1, 2]
    assert watched.iter == 3
    for blob, expected in zip(
        watched.net.learnable_params, plain.net.learnable_params, strict=True
    ):
        assert blob.data.tobytes() == expected.data.tobytes()
    for step in steps:
        assert all(update.error == 0 for update in step.updates)
    assert steps[1].updates[0].before.equals(steps[0].updates[0].after)


def test_afterwards_nobody_watches():
    solver = make_solver()
    list(trace_steps(solver, 2))
    for watched in (solver, solver.net, *solver.net.layers):
        assert not {"forward", "backward", "forward_backward", "compute_update_value"} & set(
            vars(watched)
        )
    (step,) = trace_steps(solver)
    solver.step(1)
    assert len(step.passes) == 1


def test_what_stood_in_for_a_method_before_stands_there_again():
    solver = make_solver()
    calls = []
    first = solver.net.layers[0]
    run = first.forward
    vars(first)["forward"] = own = lambda bottom, top: calls.append(1) or run(bottom, top)
    list(trace_steps(solver))
    assert vars(first)["forward"] is own
    assert calls == [1]


def test_a_training_that_fails_is_let_go():
    solver = make_solver(settings="base_lr: 1e30")
    with pytest.raises(SolverError, match="the loss is"):
        list(trace_steps(solver, 5))
    assert not any("forward" in vars(layer) for layer in solver.net.layers)


def test_a_tracer_is_a_callback_too():
    solver, tracer = make_solver(), StepTracer()
    solver.add_callback(tracer)
    solver.step(2)
    assert tracer.step.iteration == 1
    told = tracer.step
    tracer.listening = False
    solver.step(1)
    assert tracer.step is told
    assert len(told.passes) == 1


# --- what is told ---------------------------------------------------------------------------------


def test_a_layer_in_place_is_told_before_and_after():
    step = traced(make_solver())
    relu = step.passes[0].layers[2]
    assert (relu.name, relu.in_place) == ("relu1", True)
    before, after = values(relu.bottom)["ip1"], values(relu.top)["ip1"]
    assert (before < 0).any()
    np.testing.assert_array_equal(after, np.maximum(before, 0))
    delta, passed = values(relu.top_diff)["ip1"], values(relu.bottom_diff)["ip1"]
    np.testing.assert_array_equal(passed, delta * (before > 0))


def test_large_arrays_are_told_by_their_statistics():
    step = traced(make_solver(), few=15)
    ip1, ip2 = (layer for layer in step.passes[0].layers if layer.type == "InnerProduct")
    assert ip1.weights[0].note.values is None  # 20 values
    assert ip1.weights[1].note.values is not None  # 5
    assert ip2.weights[0].note.values is not None  # 15


def test_clipping_means_and_decay_lie_between_the_gradient_and_g():
    settings = "weight_decay: 0.25 iter_size: 2 clip_gradients: 0.01 momentum: 0.5"
    step = traced(make_solver(settings=settings, dtype="f8"))
    update = step.updates[0]
    norm = np.sqrt(sum((u.gradient.values**2).sum() for u in step.updates))
    clipped = update.gradient.values * (0.01 / norm)
    assert update.decay == 0.25
    np.testing.assert_allclose(
        update.g.values, clipped / 2 + 0.25 * update.before.values, rtol=1e-6
    )
    (history,) = update.history
    name, before, after = history
    assert name == "h"
    assert before.is_zero
    np.testing.assert_allclose(after.values, 0.5 * update.g.values)
    assert (step.updates[1].lr_mult, step.updates[1].decay) == (2, 0)
    assert step.settings == {
        "momentum": 0.5,
        "weight_decay": 0.25,
        "regularization_type": "L2",
        "clip_gradients": pytest.approx(0.01),
        "iter_size": 2,
    }


def test_every_pass_of_a_step_is_told():
    step = traced(make_solver(settings="iter_size: 3"))
    assert [len(told.layers) for told in step.passes] == [5, 5, 5]
    one, two, three = (told.layers[1].weight_diff[1].note.values for told in step.passes)
    assert not np.array_equal(one, two)
    np.testing.assert_array_equal((one + two) + three, step.updates[1].gradient.values)
    assert step.loss == pytest.approx(np.mean([told.loss for told in step.passes]))


def test_one_layer_alone():
    step = traced(make_solver(), layers=["ip2"])
    assert [layer.name for layer in step.passes[0].layers] == ["ip2"]
    assert [update.name for update in step.updates] == ["ip2 blobs_[0]", "ip2 blobs_[1]"]
    assert all(update.error == 0 and update.after is not None for update in step.updates)


def test_a_layer_that_is_not_there_is_an_error_before_anything_happens():
    solver = make_solver()
    with pytest.raises(NetError, match=r"'ip3'(.|\n)*did you mean ip"):
        list(trace_steps(solver, layers=["ip3"]))
    assert solver.iter == 0


def test_shared_weights_change_once_and_name_their_users():
    ip = """layer { name: "%s" type: "InnerProduct" bottom: "%s" top: "%s" param { name: "w" }
        inner_product_param { num_output: 4 bias_term: false weight_filler { type: "xavier" } } }"""
    net = """layer { name: "data" type: "DummyData" top: "x" top: "y" dummy_data_param {
        shape { dim: 6 dim: 4 } data_filler { type: "gaussian" } } }"""
    net += ip % ("one", "x", "a") + ip % ("two", "a", "b")
    net += 'layer { name: "loss" type: "EuclideanLoss" bottom: "b" bottom: "y" top: "loss" }'
    for wanted in ([], ["two"]):
        (update,) = traced(make_solver(net), layers=wanted).updates
        assert update.name == "one blobs_[0]"
        assert update.shared_with == ["two"]


def test_statistics_that_a_forward_gathers_do_not_count_as_a_change():
    net = SMALL.replace('type: "ReLU"', 'type: "BatchNorm"')
    step = traced(make_solver(net))
    updates = {update.name: update for update in step.updates}
    mean = updates["relu1 blobs_[0]"]
    assert not mean.before.is_zero  # this step's forward has written it
    assert mean.error == 0
    assert mean.after.equals(mean.before)


def test_an_update_rule_that_tells_nothing_is_checked_all_the_same():
    class Plain(blobnet.Solver):
        def make_history(self):
            return []

        def apply_update(self):
            for blob in self.net.learnable_params:
                blob.diff *= 0.1
            self.net.update()
            self.net.learnable_params[0].data += 1  # and something that no diff accounts for
            self.iter_ += 1

    solver = Plain(make_solver().param)
    first, *others = traced(solver).updates
    assert first.g is first.rate is None
    assert first.error == pytest.approx(1, rel=1e-5)
    assert all(update.error == 0 for update in others)
