"""How layers are connected: names, order, and which gradients are computed."""

from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet import LayerError, Net, NetError, layer_register
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.net.wiring import Wiring

DATA = 'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 } } }'
TARGET = 'layer { name: "goal" type: "Input" top: "y" input_param { shape { dim: 2 dim: 3 } } }'


@pytest.fixture(autouse=True)
def _own_register(monkeypatch):
    monkeypatch.setattr(layer_register, "_LAYER_TYPES", dict(layer_register._LAYER_TYPES))
    register_layer("TinyCopy")(TinyCopy)
    register_layer("TinySum")(TinySum)
    register_layer("TinySink")(TinySink)


class TinyCopy(Layer):
    """Every top is its bottom; may work in place."""

    def reshape(self, bottom, top):
        for source, target in zip(bottom, top, strict=True):
            target.reshape_like(source)

    def forward_cpu(self, bottom, top):
        for source, target in zip(bottom, top, strict=True):
            target.data[...] = source.data

    def backward_cpu(self, top, propagate_down, bottom):
        for source, target, wanted in zip(bottom, top, propagate_down, strict=True):
            if wanted:
                source.diff[...] = target.diff


class TinySum(Layer):
    """The sum of all bottoms; no gradient of the second one is ever forced."""

    def reshape(self, bottom, top):
        top[0].reshape_like(bottom[0])

    def forward_cpu(self, bottom, top):
        top[0].data[...] = sum(blob.data for blob in bottom)

    def backward_cpu(self, top, propagate_down, bottom):
        for source, wanted in zip(bottom, propagate_down, strict=True):
            if wanted:
                source.diff[...] = top[0].diff

    def allow_force_backward(self, bottom_index):
        return bottom_index != 1


class TinySink(Layer):
    """Takes anything, makes nothing."""

    def reshape(self, bottom, top):
        pass

    def forward_cpu(self, bottom, top):
        pass

    def backward_cpu(self, top, propagate_down, bottom):
        for source, wanted in zip(bottom, propagate_down, strict=True):
            if wanted:
                source.diff[...] = 0


def node(
    type_name: str, name: str, bottoms: str = "", tops: str | None = None, more: str = ""
) -> str:
    """One layer; its blobs are named in a row, its top by default as the layer."""
    wiring = " ".join(f'bottom: "{bottom}"' for bottom in bottoms.split())
    wiring += " ".join(f' top: "{top}"' for top in (name if tops is None else tops).split())
    return f'layer {{ name: "{name}" type: "{type_name}" {wiring} {more} }}'


def copy(name: str, bottoms: str, tops: str | None = None, more: str = "") -> str:
    return node("TinyCopy", name, bottoms, tops, more)


def ip(name: str, bottom: str, more: str = "", num_output: int = 3) -> str:
    settings = (
        f'inner_product_param {{ num_output: {num_output} weight_filler {{ type: "xavier" }} }}'
    )
    return node("InnerProduct", name, bottom, more=f"{settings} {more}")


def loss(bottoms: str, more: str = "", tops: str = "loss") -> str:
    return node("EuclideanLoss", "loss", bottoms, tops, more)


def make(*layers: str, more: str = "", **options) -> Net:
    return Net(blobnet.parse_net("\n".join(layers) + more), seed=1, **options)


def wired(net: Net, name: str):
    return net.wired[net.layer_names.index(name)]


def computing_backward(net: Net) -> list[str]:
    return [each.layer.name for each in net.wired if each.need_backward]


# --- blobs ----------------------------------------------------------------------------------------


def test_blobs_stand_in_the_order_in_which_layers_make_them():
    net = make(DATA, copy("b", "x"), copy("a", "b"))
    assert list(net.blobs) == ["x", "b", "a"]
    assert net.layer_names == ["in", "b", "a"]
    assert net.inputs == ["x"]


def test_outputs_are_in_alphabetical_order_by_code_point():
    net = make(DATA, TARGET, copy("both", "x y", "b a"), ip("é", "a"), ip("Z", "b"))
    assert net.outputs == ["Z", "é"]
    assert make(DATA, TARGET).outputs == ["x", "y"], "an input that nobody reads is an output"


def test_several_input_layers_are_all_inputs_in_their_order():
    net = make(TARGET, DATA, copy("both", "x y", "a b"))
    assert net.inputs == ["y", "x"]


def test_an_unknown_bottom_is_refused_with_a_near_name():
    with pytest.raises(
        NetError,
        match=r"Unknown bottom blob 'hiden' \(layer 'c', bottom index 1\)(.*\n)*.*mean hidden\?",
    ):
        make(DATA, copy("hidden", "x"), copy("c", "x hiden", "c d"))


def test_without_splits_a_blob_can_be_read_only_once():
    definition = blobnet.parse_net(DATA + copy("a", "x") + copy("b", "x"))
    with pytest.raises(NetError, match=r"Unknown bottom blob 'x' \(layer 'b', bottom index 0\)"):
        Wiring(definition, dtype="f4", seed=np.random.SeedSequence(0))


def test_a_blob_is_known_only_below_its_maker():
    with pytest.raises(NetError, match=r"Unknown bottom blob 'b'(.*\n)*.*'b'.*further up"):
        make(DATA, copy("a", "b"), copy("b", "x"))


def test_a_layer_cannot_read_its_own_new_top():
    with pytest.raises(NetError, match="Unknown bottom blob 'a'"):
        make(DATA, copy("a", "x a", "b a"))


@pytest.mark.parametrize(
    "second",
    [copy("again", "y", "a"), copy("again", "y x", "x b"), node("Input", "again", "", "a")],
)
def test_a_top_made_twice_is_refused(second):
    with pytest.raises(
        NetError, match=r"Top blob '[ax]' produced by multiple sources\.\n.*'again'"
    ):
        make(DATA, TARGET, copy("first", "x", "a"), second)


def test_a_layer_that_makes_one_top_twice_is_refused():
    with pytest.raises(NetError, match="Top blob 'a' produced by multiple sources"):
        make(DATA, TARGET, copy("first", "x y", "a a"))


def test_in_place_means_the_same_blob_at_the_same_position():
    net = make(DATA, copy("act", "x", "x"), copy("end", "x"))
    assert wired(net, "act").top[0] is wired(net, "act").bottom[0] is net.blobs["x"]
    assert wired(net, "end").bottom[0] is net.blobs["x"]
    assert net.outputs == ["end"]


def test_in_place_at_another_position_is_a_second_source():
    with pytest.raises(NetError, match="Top blob 'x' produced by multiple sources"):
        make(DATA, TARGET, copy("swap", "y x", "x z"))


def test_a_chain_in_place_carries_values_and_gradients_through():
    net = make(
        DATA, TARGET, ip("ip", "x"),
        copy("one", "ip", "ip"), copy("two", "ip", "ip"), loss("ip y"),
    )  # fmt: skip
    assert list(net.blobs) == ["x", "y", "ip", "loss"]
    net.forward(x=np.ones((2, 4)), y=np.zeros((2, 3)))
    net.backward()
    np.testing.assert_allclose(net.blobs["ip"].diff, net.blobs["ip"].data / 2)
    assert net.params["ip"][0].diff.any()


# --- splits ---------------------------------------------------------------------------------------


def test_a_blob_with_two_readers_gets_a_split_and_its_gradients_add_up():
    net = make(DATA, TARGET, ip("ip", "x"), node("TinySum", "sum", "ip ip"), loss("sum y"))
    assert net.layer_names == ["in", "goal", "ip", "ip_ip_0_split", "sum", "loss"]
    assert wired(net, "ip_ip_0_split").top_names == ["ip_ip_0_split_0", "ip_ip_0_split_1"]
    assert wired(net, "sum").bottom_names == ["ip_ip_0_split_0", "ip_ip_0_split_1"]
    net.forward(x=np.ones((2, 4)), y=np.zeros((2, 3)))
    net.backward()
    np.testing.assert_allclose(net.blobs["ip"].diff, 2 * net.blobs["sum"].diff)


def test_in_place_makes_a_new_version_so_the_split_is_named_after_the_last_writer():
    net = make(DATA, copy("a", "x"), copy("act", "a", "a"), copy("b", "a"), copy("c", "a"))
    assert net.layer_names == ["in", "a", "act", "a_act_0_split", "b", "c"]
    assert wired(net, "b").bottom_names == ["a_act_0_split_0"]
    assert wired(net, "c").bottom_names == ["a_act_0_split_1"]


def test_an_in_place_layer_beside_another_reader_is_refused():
    with pytest.raises(NetError, match="Top blob 'a' produced by multiple sources"):
        make(DATA, copy("a", "x"), copy("b", "a"), copy("act", "a", "a"))


def test_the_split_of_an_input_leaves_the_input_to_fill():
    net = make(DATA, copy("a", "x"), copy("b", "x"))
    assert net.inputs == ["x"]
    out = net.forward(x=np.full((2, 4), 3))
    np.testing.assert_array_equal(out["a"], np.full((2, 4), 3))
    np.testing.assert_array_equal(out["b"], np.full((2, 4), 3))


def test_a_loss_weight_is_a_reader_and_moves_to_the_split():
    net = make(DATA, ip("ip", "x", "loss_weight: 2"), copy("end", "ip"))
    split = wired(net, "ip_ip_0_split").layer
    assert [split.loss(0), split.loss(1)] == [2, 0]
    assert wired(net, "ip").layer.loss(0) == 0
    assert wired(net, "end").bottom_names == ["ip_ip_0_split_1"]
    net.forward(x=np.ones((2, 4)))
    assert net.loss == pytest.approx(2 * net.blobs["ip"].data.sum())
    net.backward()
    np.testing.assert_allclose(net.blobs["ip"].diff, np.full((2, 3), 2))


# --- tops that the prototxt leaves out ------------------------------------------------------------


def test_a_loss_without_top_gets_one_that_is_no_output():
    net = make(DATA, copy("a", "x"), TARGET, ip("ip", "a"), loss("ip y", tops=""))
    assert wired(net, "loss").top_names == ["(automatic)"]
    assert net.blobs["(automatic)"] is wired(net, "loss").top[0]
    assert net.outputs == []
    assert net.forward(x=np.ones((2, 4)), y=np.zeros((2, 3))) == {}
    assert net.loss == float(net.blobs["(automatic)"].data) > 0


def test_several_automatic_tops_stay_apart():
    net = make(
        DATA, TARGET, ip("ip", "x"), copy("one", "ip y", "a b"), copy("two", "a b", "c d"),
        node("EuclideanLoss", "loss1", "c d", ""), node("EuclideanLoss", "loss2", "c d", ""),
    )  # fmt: skip
    tops = [wired(net, name).top[0] for name in ("loss1", "loss2")]
    names = [wired(net, name).top_names[0] for name in ("loss1", "loss2")]
    assert tops[0] is not tops[1]
    assert names[0] != names[1]
    assert [net.blobs[name] for name in names] == tops
    net.forward(x=np.ones((2, 4)), y=np.zeros((2, 3)))
    assert net.loss == pytest.approx(2 * float(tops[0].data))


def test_automatic_tops_fill_up_to_the_least_number():
    class AtLeastTwo(TinySum):
        auto_top_blobs = True
        min_top_blobs = 2

        def reshape(self, bottom, top):
            for blob in top:
                blob.reshape_like(bottom[0])

    register_layer("TinyAtLeastTwo")(AtLeastTwo)
    net = make(DATA, node("TinyAtLeastTwo", "it", "x", "a"))
    assert wired(net, "it").top_names == ["a", "(automatic)"]
    net = make(DATA, node("TinyAtLeastTwo", "it", "x", "a b c"))
    assert wired(net, "it").top_names == ["a", "b", "c"]
    assert net.outputs == ["a", "b", "c"]


def test_only_layers_that_say_so_get_automatic_tops():
    with pytest.raises(LayerError, match="produces 1 top"):
        make(DATA, node("InnerProduct", "ip", "x", "", "inner_product_param { num_output: 1 }"))


# --- who computes gradients -----------------------------------------------------------------------


def test_layers_above_the_first_weights_compute_no_gradients():
    net = make(DATA, TARGET, copy("a", "x"), ip("ip", "a"), copy("b", "ip"), loss("b y"))
    assert computing_backward(net) == ["ip", "b", "loss"]
    assert wired(net, "ip").bottom_need_backward == [False]
    assert wired(net, "b").bottom_need_backward == [True]
    assert wired(net, "loss").bottom_need_backward == [True, False]


def test_only_layers_that_need_to_run_backward(monkeypatch):
    net = make(DATA, TARGET, copy("a", "x"), ip("ip", "a"), copy("b", "ip"), loss("b y"))
    ran = []
    for each in net.wired:
        name = each.layer.name
        monkeypatch.setattr(
            each.layer, "backward", lambda *args, name=name: ran.append((name, args[1]))
        )
    net.backward()
    assert ran == [("loss", [True, False]), ("b", [True]), ("ip", [False])]


def test_a_net_without_a_loss_computes_no_gradients():
    net = make(DATA, ip("ip", "x"), copy("a", "ip"))
    assert computing_backward(net) == []


def test_a_branch_that_leads_to_no_loss_computes_no_gradients():
    net = make(
        DATA, TARGET, ip("ip", "x"), copy("side", "ip"), ip("more", "side"),
        node("TinySink", "sink", "more", ""), loss("ip y"),
    )  # fmt: skip
    assert computing_backward(net) == ["ip", "ip_ip_0_split", "loss"]
    assert wired(net, "more").bottom_need_backward == [False]


def test_frozen_weights_stop_the_gradient_only_where_nothing_above_learns():
    frozen = "param { lr_mult: 0 } param { lr_mult: 0 }"
    net = make(DATA, TARGET, ip("low", "x", frozen), ip("high", "low"), loss("high y"))
    assert computing_backward(net) == ["high", "loss"]
    net = make(DATA, TARGET, ip("low", "x"), ip("high", "low", frozen), loss("high y"))
    assert computing_backward(net) == ["low", "high", "loss"]
    assert wired(net, "high").layer.param_propagate_down_ == [False, False]
    assert wired(net, "high").bottom_need_backward == [True]


def test_a_frozen_bias_leaves_the_weights_to_learn():
    net = make(DATA, TARGET, ip("ip", "x", "param { } param { lr_mult: 0 }"), loss("ip y"))
    assert wired(net, "ip").layer.param_propagate_down_ == [True, False]
    net.forward(x=np.ones((2, 4)), y=np.zeros((2, 3)))
    net.backward()
    assert net.params["ip"][0].diff.any()
    assert not net.params["ip"][1].diff.any()


def test_a_negative_learning_rate_is_a_learning_rate():
    net = make(DATA, TARGET, ip("ip", "x", "param { lr_mult: -1 }"), loss("ip y"))
    assert computing_backward(net) == ["ip", "loss"]
    assert net.params_lr == [-1, 1]


def test_propagate_down_false_blocks_a_gradient():
    net = make(
        DATA, TARGET, ip("low", "x"), ip("high", "low", "propagate_down: false"), loss("high y")
    )
    assert wired(net, "high").bottom_need_backward == [False]
    assert computing_backward(net) == ["high", "loss"], "nothing is left to do for low"


def test_blocking_all_readers_skips_the_split_too():
    net = make(
        DATA, TARGET, ip("low", "x"),
        ip("a", "low", "propagate_down: false"), ip("b", "low", "propagate_down: false"),
        node("TinySum", "sum", "a b"), loss("sum y"),
    )  # fmt: skip
    assert computing_backward(net) == ["a", "b", "sum", "loss"]
    assert wired(net, "low_low_0_split").bottom_need_backward == [False]


def test_blocking_one_reader_leaves_the_split_to_work():
    net = make(
        DATA, TARGET, ip("low", "x"), ip("a", "low", "propagate_down: false"), ip("b", "low"),
        node("TinySum", "sum", "a b"), loss("sum y"),
    )  # fmt: skip
    assert computing_backward(net) == ["low", "low_low_0_split", "a", "b", "sum", "loss"]


def test_propagate_down_true_forces_a_gradient_of_an_input():
    net = make(DATA, TARGET, ip("ip", "x", "propagate_down: true"), loss("ip y"))
    assert wired(net, "ip").bottom_need_backward == [True]
    net.forward(x=np.ones((2, 4)), y=np.zeros((2, 3)))
    net.backward()
    assert net.blobs["x"].diff.any()


@pytest.mark.parametrize("given", ["propagate_down: true", "propagate_down: true " * 3])
def test_propagate_down_is_given_for_every_bottom_or_none(given):
    with pytest.raises(NetError, match=r"propagate_down param must be.*'loss'.*\n.*0 or 2"):
        make(DATA, TARGET, ip("ip", "x"), loss("ip y", given))


def test_force_backward_wants_every_gradient_that_a_layer_allows():
    net = make(
        DATA, TARGET, copy("a", "x"), ip("ip", "a", "param { lr_mult: 0 }"),
        node("TinySum", "sum", "ip y"), more="force_backward: true",
    )  # fmt: skip
    assert computing_backward(net) == net.layer_names
    assert wired(net, "a").bottom_need_backward == [True]
    assert wired(net, "sum").bottom_need_backward == [True, False]
    assert wired(net, "ip").layer.param_propagate_down_ == [True, True]


def test_force_backward_gives_the_gradient_of_the_input():
    net = make(DATA, ip("ip", "x"), more="force_backward: true")
    net.forward(x=np.ones((2, 4)))
    diffs = net.backward(ip=np.ones((2, 3)))
    np.testing.assert_allclose(diffs["x"], np.tile(net.params["ip"][0].data.sum(axis=0), (2, 1)))


# --- shared weights -------------------------------------------------------------------------------

NAMED = 'param { name: "W" }'


def test_sharers_use_one_memory_for_values_and_gradients():
    net = make(DATA, TARGET, ip("a", "x", NAMED), ip("b", "x", NAMED), loss("a b"))
    owner, sharer = net.params["a"][0], net.params["b"][0]
    assert np.shares_memory(owner.data, sharer.data)
    assert np.shares_memory(owner.diff, sharer.diff)
    assert not np.shares_memory(net.params["a"][1].data, net.params["b"][1].data)
    assert [each.owner is None for each in net.all_params] == [True, True, False, True]


def test_only_the_owner_is_learned_and_only_once():
    net = make(DATA, TARGET, ip("a", "x", NAMED), ip("b", "x", NAMED), ip("c", "x", NAMED))
    owned = [net.params["a"][0], *(net.params[name][1] for name in "abc")]
    assert [id(blob) for blob in net.learnable_params] == [id(blob) for blob in owned]
    assert len(net.params_lr) == len(net.params_weight_decay) == 4


def test_gradients_of_sharers_add_up():
    """f(x) - y with f = b(a(x)), both layers with the weights W: dW has a part from each."""
    square = 'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }'
    net = make(square, TARGET, ip("a", "x", NAMED), ip("b", "a", NAMED), loss("b y"), dtype="f8")
    x = np.array([[1.0, 2, 3], [4, 5, 7]])
    net.forward(x=x, y=np.zeros((2, 3)))
    net.clear_param_diffs()
    net.backward()
    W, step = net.params["a"][0], 1e-6
    expected = np.zeros((3, 3))
    for index in np.ndindex(3, 3):
        kept = W.data[index]
        losses = []
        for value in (kept + step, kept - step):
            W.data[index] = value
            net.forward()
            losses.append(net.loss)
        W.data[index] = kept
        expected[index] = (losses[0] - losses[1]) / (2 * step)
    np.testing.assert_allclose(W.diff, expected, rtol=1e-6)


def test_the_owners_first_values_count():
    filler = 'weight_filler {{ type: "constant" value: {} }}'
    layers = [
        node(
            "InnerProduct", name, "x",
            more=f"inner_product_param {{ num_output: 3 {filler.format(value)} }} {NAMED}",
        )
        for name, value in (("a", 5), ("b", 6))
    ]  # fmt: skip
    net = make(DATA, *layers)
    np.testing.assert_array_equal(net.params["b"][0].data, np.full((3, 4), 5))


def test_each_weight_of_a_layer_is_shared_by_its_own_name():
    spec = 'param {{ name: "{}" }} param {{ name: "bias" }}'
    net = make(DATA, ip("a", "x", spec.format("V")), ip("b", "x", spec.format("W")))
    assert not np.shares_memory(net.params["a"][0].data, net.params["b"][0].data)
    assert np.shares_memory(net.params["a"][1].data, net.params["b"][1].data)


def test_strict_sharing_compares_shapes():
    with pytest.raises(
        NetError,
        match=r"'W' owned by layer 'a' with layer 'b'; shape mismatch.*\n.*\(3, 4\).*\n.*\(4, 3\)"
        r"(.*\n)*.*PERMISSIVE",
    ):
        make(DATA, ip("a", "x", NAMED), ip("b", "a", NAMED, num_output=4))


def test_permissive_sharing_compares_counts():
    permissive = 'param { name: "W" share_mode: PERMISSIVE }'
    net = make(DATA, ip("a", "x", NAMED), ip("b", "a", permissive, num_output=4))
    a, b = net.params["a"][0], net.params["b"][0]
    assert (a.shape, b.shape) == ((3, 4), (4, 3))
    a.data[...] = np.arange(12).reshape(3, 4)
    np.testing.assert_array_equal(b.data.ravel(), np.arange(12))
    with pytest.raises(NetError, match=r"count mismatch.*\n.*\(3, 4\)\n.*\(5, 3\)"):
        make(DATA, ip("a", "x", NAMED), ip("b", "a", permissive, num_output=5))


@pytest.mark.parametrize("mult", ["lr_mult", "decay_mult"])
class TestRatesOfSharers:
    def rates(self, mult: str, first: str, second: str) -> float:
        net = make(
            DATA, ip("a", "x", self.spec(mult, first)), ip("b", "x", self.spec(mult, second))
        )
        return (net.params_lr if mult == "lr_mult" else net.params_weight_decay)[0]

    def spec(self, mult: str, value: str) -> str:
        return f'param {{ name: "W" {mult}: {value} }}' if value else NAMED

    def test_the_one_that_is_stated_wins(self, mult):
        assert self.rates(mult, "2", "") == 2
        assert self.rates(mult, "", "3") == 3
        assert self.rates(mult, "", "") == 1

    def test_stated_twice_they_must_agree(self, mult):
        assert self.rates(mult, "0.1", "0.1") == pytest.approx(0.1)
        with pytest.raises(
            NetError, match=rf"Shared param 'W' has mismatched {mult}\.\n.*2.*'a'\n.*3"
        ):
            self.rates(mult, "2", "3")


def test_more_param_than_weights_is_refused():
    with pytest.raises(NetError, match=r"Too many params specified for layer ip\n.*at most 2"):
        make(DATA, ip("ip", "x", "param { } param { } param { }"))


def test_rates_stand_beside_the_learnable_params():
    spec = "param { lr_mult: 1 decay_mult: 2 } param { lr_mult: 3 decay_mult: 0 }"
    net = make(DATA, ip("a", "x", spec), ip("b", "a", "param { lr_mult: 0 }"))
    assert net.params_lr == [1, 3, 0, 1]
    assert net.params_weight_decay == [2, 0, 1, 1]
    assert len(net.learnable_params) == 4, "a frozen weight is listed as well"
