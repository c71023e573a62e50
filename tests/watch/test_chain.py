"""The chain rule of one weight: its products are those of plain loops, whatever the layer."""

from __future__ import annotations

import base64

import numpy as np
import pytest

import blobnet
from blobnet.watch.session import Session
from tests.watch.trainings import convolving

FAMILY = """
    layer { name: "x" type: "DummyData" top: "x" top: "t" dummy_data_param {
      shape { dim: 2 dim: 3 dim: 2 dim: 3 } shape { dim: 2 dim: 3 dim: 2 dim: 3 }
      data_filler { type: "gaussian" } data_filler { type: "gaussian" } } }
    %s
    layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "t" top: "loss" }
"""


def chain(session, name, index, place):
    return session.view(session.position(name), weight=(index, place))["weight"]["chain"]["links"]


@pytest.mark.parametrize("place", [0, 13, 53])
def test_of_a_convolution_it_is_the_sum_over_all_places(place):
    session = convolving()
    session.step()
    net = session.solver.net
    x, dy = net.blobs["data"].data, session.frame.delta(net, session.position("conv"), 0)
    [o, c, i, j] = np.unravel_index(place, (3, 2, 3, 3))
    terms = {
        (n, int(o), p, q): (dy[n, o, p, q], x[n, c, 2 * p + i, 2 * q + j])
        for n in range(3)
        for p in range(2)
        for q in range(2)
        if dy[n, o, p, q]
    }
    link = chain(session, "conv", 0, place)[0]
    assert link["count"] == len(terms) > 0
    assert link["agrees"]
    assert link["total"] == pytest.approx(sum(a * b for a, b in terms.values()), rel=1e-12)
    for term in link["terms"]:
        delta, slope = terms[tuple(term["place"])]
        assert term["delta"] == delta
        assert term["slope"] == pytest.approx(slope, rel=1e-12)
    sizes = [abs(term["product"]) for term in link["terms"]]
    assert sizes == sorted(sizes, reverse=True)


def test_of_a_batch_it_is_the_sum_over_the_items():
    session = convolving()
    session.step()
    net = session.solver.net
    x = net.blobs["conv"].data.reshape(3, -1)
    dy = session.frame.delta(net, session.position("ip"), 0)
    link, *above = chain(session, "ip", 0, 14)  # output 1, input 2
    found = sorted((*term["place"], term["delta"], term["slope"]) for term in link["terms"])
    expected = [(n, 1, dy[n, 1], x[n, 2]) for n in range(3) if x[n, 2]]
    assert found == expected
    assert expected
    assert {one["layer"] for one in above} == {"loss"}


def test_a_layer_in_place_is_a_link_of_its_own():
    session = convolving()
    session.step()
    layers = [link["layer"] for link in chain(session, "conv", 0, 13)]
    assert list(dict.fromkeys(layers)) == ["conv", "relu", "ip", "loss"]


@pytest.mark.parametrize(
    ("layer", "index", "place"),
    [
        ('type: "Scale" scale_param { bias_term: true }', 0, 1),
        ('type: "Scale" scale_param { bias_term: true }', 1, 2),
        ('type: "Bias"', 0, 1),
        ('type: "PReLU"', 0, 2),
        ('type: "Deconvolution" convolution_param { num_output: 3 kernel_size: 1 }', 0, 4),
        ('type: "InnerProduct" inner_product_param { num_output: 3 axis: 3 }', 0, 3),
    ],
)
def test_layers_are_asked_for_their_slopes(layer, index, place):
    own = f'layer {{ name: "own" bottom: "x" top: "y" {layer} }}'
    param = blobnet.parse_solver('base_lr: 0.1 lr_policy: "fixed" random_seed: 2')
    param.net_param.CopyFrom(blobnet.parse_net(FAMILY % own))
    session = Session(blobnet.get_solver(param, dtype="float64"))
    session.solver.net.params["own"][0].data[...] += 0.5
    session.step()
    link = chain(session, "own", index, place)[0]
    gradient = session.frame.gradient[index].reshape(-1)[place]
    assert gradient
    assert link["agrees"]
    assert link["value"] == gradient
    assert link["total"] == pytest.approx(gradient, rel=1e-10)


def test_asking_leaves_everything_as_it_was():
    session = convolving()
    session.step(3)
    net = session.solver.net
    before = [(b.data.tobytes(), b.diff.tobytes()) for b in (*net.blobs.values(),)]
    before += [(b.data.tobytes(), b.diff.tobytes()) for b in net.learnable_params]
    state = net.get_state()
    chain(session, "conv", 0, 5)
    chain(session, "ip", 1, 2)
    after = [(b.data.tobytes(), b.diff.tobytes()) for b in (*net.blobs.values(),)]
    after += [(b.data.tobytes(), b.diff.tobytes()) for b in net.learnable_params]
    assert after == before
    assert net.get_state() == state


POOLED = """
    layer { name: "data" type: "DummyData" top: "data" top: "t" dummy_data_param {
      shape { dim: 2 dim: 1 dim: 9 dim: 9 } shape { dim: 2 dim: 2 dim: 4 dim: 4 }
      data_filler { type: "gaussian" } data_filler { type: "gaussian" } } }
    layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
      convolution_param { num_output: 3 kernel_size: 2 weight_filler { type: "xavier" } } }
    layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool"
      pooling_param { pool: %s kernel_size: 2 stride: 2 } }
    layer { name: "next" type: "Convolution" bottom: "pool" top: "next"
      convolution_param { num_output: 2 kernel_size: 1 weight_filler { type: "xavier" } } }
    layer { name: "loss" type: "EuclideanLoss" bottom: "next" bottom: "t" top: "loss" }
"""


@pytest.mark.parametrize(("pool", "slope"), [("MAX", 1), ("AVE", 0.25)])
def test_a_value_of_a_large_map_is_followed_through_a_pooling(pool, slope):
    param = blobnet.parse_solver('base_lr: 0.1 lr_policy: "fixed" random_seed: 5')
    param.net_param.CopyFrom(blobnet.parse_net(POOLED % pool))
    session = Session(blobnet.get_solver(param, dtype="float64"))
    session.step()
    state = [
        (blob.data.tobytes(), blob.diff.tobytes()) for blob in session.solver.net.blobs.values()
    ]
    links = chain(session, "conv", 0, 6)
    assert [link["layer"] for link in links] == ["conv", "pool", "next", "loss", "loss"]
    assert all(link["agrees"] and link["told"] for link in links)
    [term] = links[1]["terms"]
    assert term["slope"] == slope
    assert len(links[2]["terms"]) == 2  # both outputs of the next layer, at one place
    assert state == [
        (blob.data.tobytes(), blob.diff.tobytes()) for blob in session.solver.net.blobs.values()
    ]
    assert chain(session, "conv", 0, 6) == links


# --- a layer that makes many values of one ------------------------------------------------------

MANY = """
    layer { name: "data" type: "DummyData" top: "data" top: "t" dummy_data_param {
      shape { dim: 2 dim: 1 dim: 8 dim: 8 } shape { dim: 2 dim: 20 dim: 5 dim: 5 }
      data_filler { type: "gaussian" } data_filler { type: "gaussian" } } }
    layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
      convolution_param { num_output: 3 kernel_size: 2 weight_filler { type: "xavier" } } }
    layer { name: "next" type: "Convolution" bottom: "conv" top: "next"
      convolution_param { num_output: 20 kernel_size: 3
        weight_filler { type: "xavier" } bias_filler { type: "gaussian" } } }
    %s
    layer { name: "loss" type: "EuclideanLoss" bottom: "next" bottom: "t" top: "loss" }
"""


def many(more="", settings=""):
    param = blobnet.parse_solver(f'base_lr: 0.1 lr_policy: "fixed" random_seed: 5 {settings}')
    param.net_param.CopyFrom(blobnet.parse_net(MANY % more))
    session = Session(blobnet.get_solver(param, dtype="float64"))
    session.step()
    return session


def test_a_convolution_of_many_outputs_is_a_link():
    session = many()
    first, second, *above = chain(session, "conv", 0, 6)
    net = session.solver.net
    [n, c, row, column] = second["place"]
    weight = session.frame.before[2]
    dy = session.frame.delta(net, session.position("next"), 0)
    products = {
        (n, o, row - i, column - j): (dy[n, o, row - i, column - j], weight[o, c, i, j])
        for o in range(20)
        for i in range(3)
        for j in range(3)
        if 0 <= row - i < 5 and 0 <= column - j < 5
    }
    assert second["layer"] == "next"
    assert second["count"] == len(products) >= 60
    assert second["total"] == pytest.approx(sum(a * b for a, b in products.values()), rel=1e-12)
    assert second["agrees"]
    assert second["told"]
    for term in second["terms"]:
        assert (term["delta"], pytest.approx(term["slope"])) == products[tuple(term["place"])]
    assert [link["layer"] for link in above] == ["loss"]
    assert first["agrees"]


def test_what_is_not_linear_and_makes_many_values_is_not_told():
    mvn = 'layer { name: "mvn" type: "MVN" bottom: "next" top: "mvn" }'
    session = Session(
        blobnet.get_solver(
            _with(MANY.replace('bottom: "next" bottom: "t"', 'bottom: "mvn" bottom: "t"') % mvn),
            dtype="float64",
        )
    )
    session.step()
    links = chain(session, "next", 0, 6)
    assert [(link["layer"], link["told"]) for link in links] == [("next", True), ("mvn", False)]


def _with(net):
    param = blobnet.parse_solver('base_lr: 0.1 lr_policy: "fixed" random_seed: 5')
    param.net_param.CopyFrom(blobnet.parse_net(net))
    return param


def pixels(image):
    levels = np.frombuffer(base64.b64decode(image["data"]), np.uint8).astype(int) - 128
    return levels.reshape(image["height"], image["width"]) / 127 * image["largest"]


def test_the_map_of_the_largest_product_is_a_picture():
    session = many()
    link = chain(session, "conv", 0, 6)[0]  # weight [1, 0, 1, 0]
    maps, net = link["maps"], session.solver.net
    [n, o] = maps["at"]
    assert [n, o] == link["terms"][0]["place"][:2]
    delta = session.frame.delta(net, session.position("conv"), 0)[n, o]
    seen = net.blobs["data"].data[n, 0, 1:8, 0:7]
    for name, expected in (("delta", delta), ("slope", seen), ("product", delta * seen)):
        largest = np.abs(expected).max()
        assert maps[name]["largest"] == largest
        np.testing.assert_allclose(pixels(maps[name]), expected, atol=largest / 250)
    assert maps["sum"] == pytest.approx((delta * seen).sum(), rel=1e-12)


def test_where_one_place_counts_there_is_no_map():
    assert all(link["maps"] is None for link in chain(many(), "next", 1, 3)[1:])


def test_of_several_passes_each_is_told_and_the_last_is_explained():
    session = many(settings="iter_size: 3")
    told = session.view(session.position("conv"), weight=(0, 6))["weight"]
    parts = told["chain"]["by_pass"]
    assert len(set(parts)) == told["chain"]["passes"] == 3
    assert sum(parts) == pytest.approx(told["update"]["gradient"], rel=1e-12)
    link = told["chain"]["links"][0]
    assert link["value"] == parts[-1]
    assert link["agrees"]
    assert link["total"] == pytest.approx(parts[-1], rel=1e-12)
    assert many().frame.by_pass == {}
