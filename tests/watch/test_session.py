"""A training that is stepped, gone back, and changed; what its view tells."""

from __future__ import annotations

import json

import numpy as np
import pytest

from blobnet import SolverError
from tests.watch.trainings import by_hand, convolving, weights


@pytest.fixture
def session():
    return convolving()


def layer(session, name, **options):
    return session.view(session.position(name), **options)


# --- steps and states -----------------------------------------------------------------------------


def test_watching_changes_no_bit(session):
    other = convolving().solver
    session.look()
    session.step(4)
    session.test()
    session.step(8)
    other.step(4)
    other.step(8)
    ours = [blob.data.tobytes() for blob in other.net.learnable_params]
    assert weights(session) == ours
    assert session.solver.get_state() == other.get_state()


@pytest.mark.parametrize("settings", ["", 'type: "Adam" momentum2: 0.99', "iter_size: 2"])
def test_a_training_goes_on_from_a_kept_state_bit_for_bit(settings):
    session = convolving(settings)
    session.step(7)
    at_seven, state = weights(session), session.solver.net.get_state()
    session.step(6)
    at_thirteen, end = weights(session), session.solver.get_state()
    assert session.back(7) == 7
    assert (weights(session), session.solver.net.get_state()) == (at_seven, state)
    session.step(6)
    assert (weights(session), session.solver.get_state()) == (at_thirteen, end)


def test_going_back_over_a_test_does_it_again_and_tells_the_same(session):
    session.step(6)
    scores = session.view()["curves"]["scores"]
    session.step(2)
    session.back(5)
    session.step(1)
    assert session.view()["curves"]["scores"] == scores


def test_a_test_that_is_asked_for_counts_after_going_back_as_well(session):
    session.step(6)
    session.back(3)
    session.test()
    assert session.view()["curves"]["scores"]["accuracy"]["iterations"] == [0, 3]
    assert session.examination.told["iteration"] == 3


def test_going_back_leaves_the_old_course_of_the_loss_to_compare_with(session):
    session.step(6)
    before = session.view()["curves"]["loss"]
    session.back(2)
    session.set_rate(0.5)
    session.step(1)
    told = session.view()["curves"]
    assert told["left"]["values"] == before["values"][2:]
    assert told["loss"]["iterations"] == [0, 1, 2]
    assert session.view()["training"]["kept"] == [0, 1, 2]


def test_there_is_no_way_back_to_before_the_first_state(session):
    with pytest.raises(SolverError, match="no state of iteration 3"):
        session.back(3)


def test_the_rate_is_that_of_the_next_step(session):
    session.set_rate(0.03125)
    session.step()
    told = layer(session, "ip", weight=(0, 5))
    assert told["frame"]["rate"] == told["weight"]["update"]["rate"] == 0.03125


@pytest.mark.parametrize("rate", [-1.0, float("nan"), float("inf")])
def test_what_is_no_rate_is_refused(session, rate):
    with pytest.raises(SolverError, match="no rate"):
        session.set_rate(rate)


def test_a_changed_weight_is_followed_forward_and_back():
    session = by_hand()
    session.look()
    loss = session.view()["frame"]["loss"]
    session.set_weight("output", 0, 0, -1.5)  # o1 comes down to its target
    told = layer(session, "output", weight=(0, 0))
    assert told["frame"]["loss"] < loss / 2
    assert told["weight"]["update"]["now"] == -1.5
    assert session.solver.iter == 0


def test_a_changed_input_is_followed_to_the_gradient_of_the_weights():
    session = by_hand()
    session.look()
    session.set_value("x", 0, 0.0)
    told = layer(session, "hidden")["layer"]
    assert told["bottoms"][0]["values"] == [[0.0, 0.1]]
    assert [row[0] for row in told["weights"][0]["gradient"]["values"]] == [0.0, 0.0]
    session.step()
    assert layer(session, "hidden")["layer"]["bottoms"][0]["values"] == [[0.0, 0.1]]


def test_a_value_of_a_batch_can_be_changed_to_see_what_follows(session):
    session.look()
    loss = session.view()["frame"]["loss"]
    session.set_value("data", 0, 50.0)
    told = session.view()
    assert told["frame"]["loss"] != loss
    assert session.solver.net.blobs["data"].data.flat[0] == 50


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.set_weight("outputs", 0, 0, 1), "did you mean output or"),
        (lambda s: s.set_weight("output", 2, 0, 1), "no number 2"),
        (lambda s: s.set_weight("output", 0, 4, 1), "no number 4"),
        (lambda s: s.set_weight("output", 0, -1, 1), "no number -1"),
        (lambda s: s.set_weight("output", 0, 0, float("nan")), "a finite number"),
        (lambda s: s.set_value("h", 0, 1), "it cannot be set"),
        (lambda s: s.view(99), "layers: no number 99"),
        (lambda s: s.view(2, weight=(7, 0)), "no number 7"),
    ],
)
def test_what_cannot_be_is_refused(change, message):
    session = by_hand()
    session.look()
    before = weights(session)
    with pytest.raises(SolverError, match=message):
        change(session)
    assert weights(session) == before


def test_nothing_is_shown_before_anything_has_run(session):
    with pytest.raises(SolverError, match="step, or look"):
        session.view()


# --- what is told ---------------------------------------------------------------------------------


def test_a_view_is_json_and_says_where_the_training_stands(session):
    session.step(6)
    view = layer(session, "conv", filters=True, scores=True, weight=(0, 3))
    assert json.loads(json.dumps(view, allow_nan=False))["training"] == {
        "iteration": 6,
        "max_iter": 50,
        "rate": 0.125,
        "base_lr": 0.125,
        "policy": "fixed",
        "solver": "SGD",
        "kept": [0, 1, 2, 3, 4, 5],
        "can_test": True,
        "filters": [session.position("conv"), session.position("ip")],
    }


def test_a_layer_in_place_hides_nothing(session):
    session.step()
    [before] = layer(session, "conv")["layer"]["tops"]
    [after] = layer(session, "relu")["layer"]["tops"]
    [seen] = layer(session, "relu")["layer"]["bottoms"]
    assert before["values"] == seen["values"]
    values = np.array(before["values"])
    assert values.min() < 0
    assert np.array_equal(np.maximum(values, 0), after["values"])
    came, went = np.array(after["delta"]["values"]), np.array(before["delta"]["values"])
    assert np.array_equal(came * (values > 0), went)


def test_the_rule_of_momentum_and_decay_in_numbers(session):
    session.step(3)
    told = layer(session, "ip", weight=(0, 7))["weight"]["update"]
    g = told["gradient"] + 0.0078125 * told["before"]
    assert told["decay"] == 0.0078125
    assert told["g"] == pytest.approx(g, rel=1e-12)
    assert told["memory"]["h"] != 0
    change = 0.875 * told["memory"]["h"] + 0.125 * g
    assert told["change"] == pytest.approx(change, rel=1e-12)
    assert told["after"] == told["now"]


def test_clipping_is_told():
    session = convolving("clip_gradients: 0.0078125 momentum: 0 weight_decay: 0")
    session.step()
    told = layer(session, "ip", weight=(0, 7))["weight"]["update"]
    assert 0 < told["clipped"] < 1
    assert told["change"] == pytest.approx(0.125 * told["clipped"] * told["gradient"], rel=1e-9)


def test_several_passes_are_told():
    session = convolving("iter_size: 3 momentum: 0 weight_decay: 0")
    session.step()
    told = layer(session, "ip", weight=(0, 7))["weight"]["update"]
    assert told["passes"] == 3
    assert told["change"] == pytest.approx(0.125 * told["gradient"] / 3, rel=1e-9)


def test_the_filters_before_now_and_what_has_changed(session):
    session.step(2)
    told = layer(session, "conv", filters=True)["filters"]
    assert {name: image["tiles"] for name, image in told.items()} == dict.fromkeys(
        ("before", "now", "difference"), 6
    )
    first = convolving().solver.net.params["conv"][0].data
    now = session.solver.net.params["conv"][0].data
    assert told["before"]["largest"] == np.abs(first).max()
    assert told["difference"]["largest"] == np.abs(now - first).max()
    assert layer(session, "relu", filters=True)["filters"] is None


def test_gradient_sizes_by_layer(session):
    session.step()
    sizes = session.view()["sizes"]
    conv = session.position("conv")
    delta = np.array(layer(session, "conv")["layer"]["tops"][0]["delta"]["values"])
    assert sizes["delta"][conv] == pytest.approx(np.abs(delta).mean())
    assert delta.any()
    change = session.solver.net.params["conv"][0].diff
    assert sizes["change"][conv] == pytest.approx(np.abs(change).mean())
    assert session.position("data") not in sizes["delta"]


def test_only_what_is_wanted_is_noted(session):
    session.wanted = (session.position("conv"),)
    session.solver.step(1)
    assert layer(session, "conv")["layer"]["noted"] is True
    assert layer(session, "conv")["layer"]["weights"][0]["gradient"] is not None
    other = layer(session, "ip")["layer"]
    assert other["noted"] is False
    assert other["weights"][0]["gradient"] is None


def test_without_frames_the_net_has_no_callbacks(session):
    session.wanted = "nothing"
    session.solver.step(2)
    assert session.frame is None
    assert not session.solver.net.callbacks.watch_forward
