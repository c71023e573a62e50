"""Where gradients come from and go, in numbers: loss weights, frozen and blocked parts."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from blobnet import Net, parse_net

INPUTS = """
    layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 4 dim: 5 } } }
    layer { name: "goal" type: "Input" top: "t" input_param { shape { dim: 4 dim: 3 } } }
"""
FROZEN = "param { lr_mult: 0 } param { lr_mult: 0 }"


def ip(name: str, bottom: str, more: str = "") -> str:
    fillers = 'weight_filler { type: "gaussian" std: 1 } bias_filler { type: "uniform" }'
    return (
        f'layer {{ name: "{name}" type: "InnerProduct" bottom: "{bottom}" top: "{name}" {more} '
        f"inner_product_param {{ num_output: 3 {fillers} }} }}"
    )


def loss(name: str, bottom: str, more: str = "", other: str = "t") -> str:
    return (
        f'layer {{ name: "{name}" type: "EuclideanLoss" bottom: "{bottom}" bottom: "{other}" '
        f'top: "{name}" {more} }}'
    )


def run(*layers: str, more: str = "") -> Net:
    """The net after one pass forward and back, its inputs and its weights always the same."""
    net = Net(parse_net("".join([INPUTS, *layers]) + more), "TRAIN", dtype="f8", seed=1)
    rng = np.random.default_rng(5)
    for name in ("x", "t"):
        net.blobs[name].data[...] = rng.normal(size=net.blobs[name].shape)
    for name in sorted(net.params):
        draw = np.random.default_rng(sum(name.encode()))
        for blob in net.params[name]:
            blob.data[...] = draw.normal(size=blob.shape)
    net.forward_backward()
    return net


def gradients(net: Net) -> dict[str, list[np.ndarray]]:
    return {name: [blob.diff.copy() for blob in blobs] for name, blobs in net.params.items()}


def assert_same_gradients(net: Net, other: Net, factor: float = 1, names: str = "") -> None:
    for name in names.split() or other.params:
        for blob, expected in zip(net.params[name], other.params[name], strict=True):
            np.testing.assert_allclose(blob.diff, factor * expected.diff, rtol=1e-10, atol=1e-12)


def computing_backward(net: Net) -> list[str]:
    return [wired.layer.name for wired in net.wired if wired.need_backward]


# --- loss weights ---------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", [2, 0.125, -2.5])
def test_a_loss_weight_scales_the_loss_and_every_gradient(weight):
    plain = run(ip("a", "x"), ip("b", "a"), loss("l", "b"))
    weighted = run(ip("a", "x"), ip("b", "a"), loss("l", "b", f"loss_weight: {weight}"))
    assert weighted.loss == pytest.approx(weight * plain.loss)
    assert weighted.blobs["l"].data == plain.blobs["l"].data, "the blob itself is not scaled"
    assert_same_gradients(weighted, plain, weight)


def test_a_loss_weight_of_zero_leaves_nothing_to_compute():
    net = run(ip("a", "x"), loss("l", "a", "loss_weight: 0"))
    assert (net.loss, computing_backward(net)) == (0, [])


def test_losses_add_up_and_so_do_their_gradients():
    branches = ip("low", "x"), ip("a", "low"), ip("b", "low")
    both = run(*branches, loss("la", "a", "loss_weight: 2"), loss("lb", "b", "loss_weight: -3"))
    one = run(*branches, loss("la", "a"), loss("lb", "b", "loss_weight: 0"))
    other = run(*branches, loss("la", "a", "loss_weight: 0"), loss("lb", "b"))
    assert both.loss == pytest.approx(2 * one.loss - 3 * other.loss)
    for index in range(2):
        np.testing.assert_allclose(
            both.params["low"][index].diff,
            2 * one.params["low"][index].diff - 3 * other.params["low"][index].diff,
        )


@pytest.mark.parametrize("weight", [1, -0.5])
def test_a_loss_weight_in_the_middle_of_a_net_adds_its_share(weight):
    """The sum of a's values counts `weight` times, beside the loss further down."""
    middle = run(ip("a", "x", f"loss_weight: {weight}"), ip("b", "a"), loss("l", "b"))
    plain = run(ip("a", "x"), ip("b", "a"), loss("l", "b"))
    a = plain.blobs["a"].data
    assert middle.loss == pytest.approx(plain.loss + weight * a.sum())
    np.testing.assert_allclose(middle.blobs["a"].diff, plain.blobs["a"].diff + weight)
    assert_same_gradients(middle, plain, names="b")


# --- frozen weights -------------------------------------------------------------------------------


@pytest.mark.parametrize("learning", list(itertools.product([0, 1], repeat=4)))
def test_what_is_frozen_has_no_gradient_and_all_else_has_the_one_it_had(learning):
    def net(rates):
        specs = [f"param {{ lr_mult: {rate} }}" for rate in rates]
        layers = ip("a", "x", specs[0] + specs[1]), ip("b", "a", specs[2] + specs[3])
        return run(*layers, loss("l", "b"))

    full, part = net((1, 1, 1, 1)), net(learning)
    for learns, blob, expected in zip(
        learning, part.learnable_params, full.learnable_params, strict=True
    ):
        np.testing.assert_allclose(blob.diff, expected.diff * learns)
        assert expected.diff.any()


def test_force_backward_adds_gradients_and_changes_none():
    layers = ip("a", "x"), ip("b", "a"), loss("l", "b")
    forced = run(*layers, more="force_backward: true")
    assert_same_gradients(forced, run(*layers))
    assert forced.blobs["x"].diff.any()


BATCH_NORM = 'layer {{ name: "bn" type: "BatchNorm" bottom: "{}" top: "bn" {} }}'
ZERO_RATE = "param { lr_mult: 0 } "


def test_a_batch_norm_without_param_counts_as_learning_and_pulls_the_gradient_down():
    """As in Caffe: what decides is the prototxt, before the layer adds its rates of 0."""
    low, high = ip("low", "x", FROZEN), ip("high", "bn", FROZEN)
    for specs, names in (
        ("", ["bn", "high", "l"]),
        (ZERO_RATE * 3, []),
        (ZERO_RATE, ["bn", "high", "l"]),
    ):
        net = run(low, BATCH_NORM.format("low", specs), high, loss("l", "high"))
        assert computing_backward(net) == names
        assert net.params_lr == [0] * 7
        assert not any(diff.any() for diffs in gradients(net).values() for diff in diffs)
    again = Net(net.to_proto(), "TRAIN")
    assert computing_backward(again) == [], "a written net states all rates"


# --- blocked and forced ---------------------------------------------------------------------------


def test_a_blocked_branch_learns_but_nothing_above_it_feels_it():
    low, a, b = ip("low", "x"), ip("a", "low"), ip("b", "low", "propagate_down: false")
    blocked = run(low, a, b, loss("la", "a"), loss("lb", "b"))
    alone = run(low, a, ip("b", "low"), loss("la", "a"), loss("lb", "b", "loss_weight: 0"))
    both = run(low, a, ip("b", "low"), loss("la", "a"), loss("lb", "b"))
    assert_same_gradients(blocked, alone, names="low a")
    assert_same_gradients(blocked, both, names="a b")
    assert not np.allclose(blocked.params["low"][0].diff, both.params["low"][0].diff)


@pytest.mark.parametrize("first", ["true", "false"])
@pytest.mark.parametrize("second", ["true", "false"])
def test_each_bottom_is_blocked_by_itself(first, second):
    towers = ip("a", "x"), ip("b", "t")
    more = f"propagate_down: {first} propagate_down: {second}"
    net, plain = run(*towers, loss("l", "a", more, "b")), run(*towers, loss("l", "a", "", "b"))
    for name, stated in (("a", first), ("b", second)):
        assert_same_gradients(net, plain, 1 if stated == "true" else 0, name)


def test_a_gradient_forced_on_a_layer_that_has_nothing_to_learn_is_not_computed():
    """As in Caffe: `propagate_down` says where a gradient goes, not which layers run."""
    net = run(ip("a", "x", FROZEN + "propagate_down: true"), loss("l", "a"))
    assert computing_backward(net) == []
    assert net.wired[net.layer_names.index("a")].bottom_need_backward == [True]
    assert not net.blobs["x"].diff.any()


def test_a_forced_gradient_of_an_input_is_the_one_of_force_backward():
    layers = ip("a", "x", "propagate_down: true"), loss("l", "a")
    forced = run(ip("a", "x"), loss("l", "a"), more="force_backward: true")
    net = run(*layers)
    np.testing.assert_allclose(net.blobs["x"].diff, forced.blobs["x"].diff)
    assert net.blobs["x"].diff.any()
    assert not net.blobs["t"].diff.any()


# --- parts of the way -----------------------------------------------------------------------------


def test_running_again_from_any_layer_on_comes_to_the_same_loss():
    net = run(ip("a", "x"), ip("b", "a"), ip("c", "b"), loss("l", "c"))
    expected, last = net.loss, len(net.layers) - 1
    for name in net.layer_names:
        net.forward(start=name)
        assert net.loss == expected
    for middle in range(last):
        parts = net.forward_from_to(0, middle), net.forward_from_to(middle + 1, last)
        assert sum(parts) == expected


def test_running_back_in_two_parts_comes_to_the_same_gradients():
    net = run(ip("a", "x"), ip("b", "a"), ip("c", "b"), loss("l", "c"))
    expected, last = gradients(net), len(net.layers) - 1
    for middle in range(1, last + 1):
        net.clear_param_diffs()
        net.backward_from_to(last, middle)
        above = ["x", "t", "a", "b", "c", "l"][:middle]
        assert not any(blob.diff.any() for name in above for blob in net.params.get(name, []))
        net.backward_from_to(middle - 1, 0)
        for name, diffs in gradients(net).items():
            for diff, whole in zip(diffs, expected[name], strict=True):
                np.testing.assert_array_equal(diff, whole)
