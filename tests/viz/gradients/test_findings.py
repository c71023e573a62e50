from __future__ import annotations

import math

import numpy as np
import pytest

from blobnet.viz.gradients import find_troubles
from blobnet.viz.gradients.findings import ADVICE, delta_share, relative_change
from blobnet.viz.gradients.recorder import NOTHING
from tests.viz.gradients.records import NAN, add_layer, recorded, size


def words(made):
    return [(finding.kind, finding.layers, finding.text) for finding in find_troubles(made)]


def test_nothing_is_found_where_all_is_well():
    made = recorded()
    add_layer(made, "data", "Data", delta=NOTHING)
    add_layer(made, relative_change=0.01)
    add_layer(made, kind="ReLU", alive=np.array([True, True, False]))
    add_layer(made, kind="TanH", near_limits=0.49)
    assert words(made) == []


@pytest.mark.parametrize("iterations", [0, 1])
def test_a_recording_without_layers_says_nothing(iterations):
    assert words(recorded(iterations)) == []


# --- deltas ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("norm", "kinds"),
    [
        (0.0, ["vanishing"]),
        (0.0019, ["vanishing"]),
        (0.0021, []),
        (1999, []),
        (2001, ["exploding"]),
    ],
)
def test_deltas_are_measured_by_the_gradient_of_the_loss(norm, kinds):
    made = recorded(loss_delta=2.0)
    add_layer(made, delta=size(NAN, norm=norm))
    add_layer(made, "scores", delta=size(2.0))
    assert [finding.kind for finding in find_troubles(made)] == kinds
    assert all(finding.layers == ("ip",) for finding in find_troubles(made))


def test_many_layers_are_one_finding_with_the_range_of_their_deltas():
    made = recorded()
    for number in range(1, 6):
        add_layer(made, f"ip{number}", delta=size(10.0 ** (number - 8)))
    assert words(made) == [
        (
            "vanishing",
            ("ip1", "ip2", "ip3", "ip4"),
            "4 layers from ip1 to ip4: delta 1e-07 to 0.0001 times what the loss hands down",
        )
    ]


def test_few_layers_are_named():
    made = recorded()
    for name, norm in (("a", 1e-6), ("b", 1.0), ("c", 1e-6)):
        add_layer(made, name, delta=size(norm))
    assert words(made) == [
        ("vanishing", ("a", "c"), "a, c: delta 1e-06 times what the loss hands down")
    ]


def test_what_vanishes_for_a_while_only_is_forgiven_and_what_stays_is_not():
    made = recorded(6)
    small, fine = size(1e-9), size(1.0)
    add_layer(made, "at_first", delta=[small, small, small, fine, fine, fine])
    add_layer(made, "in_the_end", delta=[fine, fine, fine, small, small, fine])
    assert [finding.layers for finding in find_troubles(made)] == [("in_the_end",)]
    assert delta_share(made, made.layers[0]) == 1


def test_one_explosion_is_enough():
    made = recorded(6)
    add_layer(made, delta=[size(5000.0), *[size(1.0)] * 5])
    assert words(made) == [
        ("exploding", ("ip",), "ip: delta up to 5e+03 times what the loss hands down")
    ]


def test_a_loss_without_a_gradient_is_told_of():
    made = recorded(loss_delta=0.0)
    add_layer(made, delta=size(0.0))
    assert words(made) == [("vanishing", (), "the loss itself hands down a gradient of exactly 0")]


def test_iterations_in_which_the_loss_had_no_gradient_to_hand_down_do_not_count():
    made = recorded(3)
    made.loss_delta[-1] = NAN
    add_layer(made, delta=[size(1.0), size(1.0), size(1.0)])
    assert words(made) == []


# --- weights and numbers --------------------------------------------------------------------------


def test_updates_larger_than_the_weights_explode():
    made = recorded(4)
    add_layer(made, "calm", relative_change=[50.0, 50.0, 0.9, 0.9])
    add_layer(made, "wild", relative_change=[0.1, 0.1, 3.0, 5.0])
    assert relative_change(made, made.layers[1]) == 4
    assert words(made) == [
        ("exploding", ("wild",), "wild: updates 4 times as large as the weights")
    ]


@pytest.mark.parametrize("part", ["data", "delta", "change"])
def test_numbers_that_are_none_are_found_in_any_iteration(part):
    made = recorded(4)
    add_layer(made, "fine")
    add_layer(made, "bad", **{part: [size(1.0), size(math.inf), size(1.0), size(1.0)]})
    assert words(made) == [("exploding", ("bad",), "bad: not finite, iteration 1")]


def test_a_loss_that_is_no_number_is_told_of():
    made = recorded(3)
    made.losses[2] = NAN
    add_layer(made)
    assert words(made) == [("exploding", (), "the loss: not finite, iteration 2")]


# --- activations ----------------------------------------------------------------------------------


def test_a_relu_that_gives_only_zeros_is_dead():
    made = recorded(4)
    on, off = np.ones(8, bool), np.zeros(8, bool)
    add_layer(made, "relu1", "ReLU", alive=[on, on, off, off])
    add_layer(made, "relu2", "ReLU", alive=[off, off, off, on])
    assert words(made) == [("dead", ("relu1",), "relu1: nothing but zeros")]


@pytest.mark.parametrize(
    ("alive", "text"),
    [(5, None), (4, "relu: nothing but zeros in 4 of 8 channels")],
)
def test_a_relu_is_named_where_half_of_its_channels_are_dead(alive, text):
    made = recorded(4)
    first, second = np.zeros(8, bool), np.zeros(8, bool)
    first[: alive - 1] = True
    second[1:alive] = True  # never all of them at the same time
    add_layer(made, "relu", "ReLU", alive=[first, second, first, second])
    assert words(made) == ([("dead", ("relu",), text)] if text else [])


def test_a_sigmoid_with_half_of_its_outputs_at_the_limits_is_saturated():
    made = recorded(4)
    add_layer(made, "s1", "Sigmoid", near_limits=[0.0, 0.0, 0.4, 0.6])
    add_layer(made, "s2", "Sigmoid", near_limits=[1.0, 1.0, 0.4, 0.59])
    assert words(made) == [("saturated", ("s1",), "s1: 50 % of the outputs near the limits")]


def test_there_is_advice_for_every_kind():
    made = recorded(1)
    add_layer(made, "v", delta=size(0.0))
    add_layer(made, "e", delta=size(math.inf))
    add_layer(made, "d", "ReLU", alive=np.zeros(1, bool))
    add_layer(made, "s", "TanH", near_limits=1.0)
    assert {finding.kind for finding in find_troubles(made)} == set(ADVICE)
