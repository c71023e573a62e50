"""Layers with one weight between them: gradients, updates, files."""

from __future__ import annotations

import numpy as np
import pytest

from blobnet import Net, parse_net

NAMED = 'param { name: "W" } param { name: "b" }'
KINDS = ["w.caffemodel", "w.caffemodel.h5"]


def siamese(specs: str = NAMED, **options) -> Net:
    """Two layers, each with an input of its own, and the distance between what they make."""
    towers = "".join(
        f"""
        layer {{ name: "in{i}" type: "Input" top: "x{i}"
                 input_param {{ shape {{ dim: 4 dim: 5 }} }} }}
        layer {{ name: "ip{i}" type: "InnerProduct" bottom: "x{i}" top: "y{i}" {specs}
                 inner_product_param {{ num_output: 3
                 weight_filler {{ type: "gaussian" std: 1 }} bias_filler {{ type: "uniform" }} }} }}
        """
        for i in (1, 2)
    )
    text = towers + 'layer { name: "loss" type: "EuclideanLoss" bottom: "y1" bottom: "y2" }'
    return Net(parse_net(text), "TRAIN", **{"seed": 1, "dtype": "f8", **options})


def twins(**options) -> tuple[Net, Net]:
    """The layers with one weight between them, and with two that are equal."""
    shared, apart = siamese(**options), siamese("", **options)
    for blob, other, first in zip(
        apart.params["ip1"], apart.params["ip2"], shared.params["ip1"], strict=True
    ):
        blob.data[...] = other.data[...] = first.data
    return shared, apart


def run(net: Net, rng: np.random.Generator) -> None:
    for name in ("x1", "x2"):
        net.blobs[name].data[...] = rng.normal(size=(4, 5))
    net.clear_param_diffs()
    net.forward_backward()


def values(net: Net, layer: str) -> list[np.ndarray]:
    return [blob.data.copy() for blob in net.params[layer]]


def test_the_shared_gradient_is_the_sum_of_those_of_layers_apart():
    shared, apart = twins()
    for net in (shared, apart):
        run(net, np.random.default_rng(3))
    assert shared.loss == apart.loss
    for index in range(2):
        sum_apart = sum(apart.params[name][index].diff for name in ("ip1", "ip2"))
        for name in ("ip1", "ip2"):
            np.testing.assert_allclose(shared.params[name][index].diff, sum_apart, atol=1e-12)
    assert np.abs(shared.params["ip1"][0].diff).max() > 0.1


def test_an_update_moves_the_shared_weight_once_by_that_sum():
    shared, apart = twins()
    before = values(shared, "ip1")
    for net in (shared, apart):
        run(net, np.random.default_rng(3))
        net.update()
    for index in range(2):
        sum_apart = sum(apart.params[name][index].diff for name in ("ip1", "ip2"))
        np.testing.assert_allclose(values(shared, "ip2")[index], before[index] - sum_apart)
        assert not np.allclose(values(apart, "ip1")[index], values(apart, "ip2")[index])


def test_gradients_are_cleared_once_and_pile_up_until_then(rng):
    net = siamese()
    run(net, rng)
    once = net.params["ip2"][0].diff.copy()
    net.backward()
    np.testing.assert_allclose(net.params["ip1"][0].diff, 2 * once)
    net.clear_param_diffs()
    assert not net.params["ip2"][0].diff.any()


def test_gradients_that_are_cleared_before_a_backward_make_room_for_the_sum_of_all_sharers(rng):
    net = siamese()
    run(net, rng)
    once = [blob.diff.copy() for blob in net.learnable_params]
    net.clear_param_diffs(before_backward=True)
    net.backward()
    for blob, diff in zip(net.learnable_params, once, strict=True):
        np.testing.assert_array_equal(blob.diff, diff)


@pytest.mark.parametrize("kind", KINDS)
def test_a_training_goes_on_from_a_file_with_the_weights_still_shared(kind, tmp_path):
    first = siamese()
    run(first, np.random.default_rng(3))
    first.update()
    first.save(tmp_path / kind)
    resumed = siamese(seed=2, weights=tmp_path / kind)
    for net in (first, resumed):
        run(net, np.random.default_rng(4))
        net.update()
    for one, other in (("ip1", "ip1"), ("ip1", "ip2")):
        for a, b in zip(first.params[one], resumed.params[other], strict=True):
            np.testing.assert_array_equal(a.data, b.data)
    assert np.shares_memory(resumed.params["ip1"][0].data, resumed.params["ip2"][0].data)


def test_of_different_values_in_a_file_the_last_layers_count():
    apart = siamese("", seed=2)
    shared = siamese(weights=apart.to_proto())
    np.testing.assert_array_equal(values(shared, "ip1")[0], values(apart, "ip2")[0])


def test_a_binary_file_holds_a_shared_weight_for_each_layer_so_they_can_part(tmp_path):
    shared, apart = siamese(), siamese("", seed=2)
    shared.save(tmp_path / "w.caffemodel")
    apart.copy_from(tmp_path / "w.caffemodel")
    np.testing.assert_array_equal(values(apart, "ip2")[0], values(shared, "ip1")[0])
    assert not np.shares_memory(apart.params["ip1"][0].data, apart.params["ip2"][0].data)


def test_a_net_that_shares_weights_can_share_them_with_another_net():
    train, test = siamese(), siamese(seed=2)
    test.share_with(train)
    train.params["ip2"][0].data[...] = 7
    for name in ("ip1", "ip2"):
        np.testing.assert_array_equal(test.params[name][0].data, np.full((3, 5), 7))


@pytest.mark.parametrize("transpose", [True, False])
def test_an_autoencoder_with_tied_weights(transpose, rng):
    """W there and back: transposed in storage, or (PERMISSIVE) its numbers in another shape."""
    back = "transpose: true" if transpose else ""
    mode = "" if transpose else "share_mode: PERMISSIVE"
    filler = 'weight_filler { type: "gaussian" std: 1 }'
    net = Net(
        parse_net(f"""
        layer {{ name: "in" type: "Input" top: "x" input_param {{ shape {{ dim: 4 dim: 5 }} }} }}
        layer {{ name: "code" type: "InnerProduct" bottom: "x" top: "code" param {{ name: "W" }}
                 inner_product_param {{ num_output: 3 bias_term: false {filler} }} }}
        layer {{ name: "again" type: "InnerProduct" bottom: "code" top: "again"
                 param {{ name: "W" {mode} }}
                 inner_product_param {{ num_output: 5 bias_term: false {back} {filler} }} }}
        layer {{ name: "loss" type: "EuclideanLoss" bottom: "again" bottom: "x" top: "loss" }}
        """),
        "TRAIN",
        dtype="f8",
        seed=1,
    )
    x = rng.normal(size=(4, 5))
    net.forward(x=x)
    net.backward()
    W, expected = net.params["code"][0], np.empty((3, 5))
    there = x @ W.data.T
    back_matrix = W.data if transpose else W.data.reshape(5, 3).T
    np.testing.assert_allclose(net.blobs["again"].data, there @ back_matrix)
    for index in np.ndindex(3, 5):
        kept, losses = W.data[index], []
        for value in (kept + 1e-6, kept - 1e-6):
            W.data[index] = value
            net.forward()
            losses.append(net.loss)
        W.data[index] = kept
        expected[index] = (losses[0] - losses[1]) / 2e-6
    np.testing.assert_allclose(W.diff, expected, rtol=1e-6, atol=1e-7)
