"""A net as a script uses it: made, run forward and backward, seeded, saved in its state."""

from __future__ import annotations

import json

import numpy as np
import pytest

import blobnet
from blobnet import TEST, TRAIN, LayerError, Net, NetError, ProtoError, layer_register, parse_net
from blobnet.layer import Layer
from blobnet.layer_register import register_layer

NET = """
    name: "small"
    layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 } } }
    layer { name: "goal" type: "Input" top: "y" input_param { shape { dim: 2 dim: 3 } } }
    layer { name: "ip1" type: "InnerProduct" bottom: "x" top: "ip1"
            inner_product_param { num_output: 5 weight_filler { type: "gaussian" std: 1 } } }
    layer { name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2"
            inner_product_param { num_output: 3 weight_filler { type: "gaussian" std: 1 } } }
    layer { name: "loss" type: "EuclideanLoss" bottom: "ip2" bottom: "y" top: "loss" }
"""


def small(text: str = NET, **options) -> Net:
    return Net(parse_net(text), **{"seed": 1, **options})


def inputs(rng, size: int = 2) -> dict[str, np.ndarray]:
    return {"x": rng.normal(size=(size, 4)), "y": rng.normal(size=(size, 3))}


# --- the definition -------------------------------------------------------------------------------


def test_a_net_is_made_from_a_file_or_a_message(tmp_path):
    file = tmp_path / "net.prototxt"
    file.write_text(NET)
    for source in (file, str(file), parse_net(NET)):
        net = Net(source)
        assert net.name == "small"
        assert net.layer_names == ["in", "goal", "ip1", "ip2", "loss"]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ProtoError, match=r"none\.prototxt: cannot be read"):
        Net(tmp_path / "none.prototxt")


def test_the_given_definition_is_left_as_it_was():
    definition = parse_net(NET + ' layer { name: "d" type: "Input" top: "d" }')
    before = definition.SerializeToString()
    for _ in range(2):
        Net(definition, "TRAIN", level=3, stages=["deploy"])
    assert definition.SerializeToString() == before


def test_a_net_without_layers_has_nothing_to_do():
    net = Net(parse_net('name: "none"'))
    assert (net.layers, net.params, net.outputs) == ([], {}, [])
    assert net.forward() == {}
    assert net.forward_backward() == 0


RULES = """
    layer { name: "train" type: "Input" top: "a" include { phase: TRAIN } }
    layer { name: "test" type: "Input" top: "b" include { phase: TEST } }
    layer { name: "high" type: "Input" top: "c" include { min_level: 2 } }
    layer { name: "staged" type: "Input" top: "d" include { stage: "deploy" } }
    layer { name: "not" type: "Input" top: "e" exclude { stage: "deploy" } }
"""


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["test", "not"]),
        ({"phase": "TEST"}, ["test", "not"]),
        ({"phase": "train"}, ["train", "not"]),
        ({"phase": TRAIN}, ["train", "not"]),
        ({"phase": TEST}, ["test", "not"]),
        ({"phase": "TRAIN", "level": 2}, ["train", "high", "not"]),
        ({"phase": "TRAIN", "stages": ["deploy"]}, ["train", "staged"]),
        ({"phase": "TRAIN", "stages": "deploy"}, ["train", "staged"]),
        ({"phase": "TRAIN", "stages": ["d", "eploy"]}, ["train", "not"]),
    ],
)
def test_phase_level_and_stages_choose_the_layers(options, names):
    assert Net(parse_net(RULES), **options).layer_names == names


def test_the_definitions_own_state_counts_where_the_caller_says_nothing():
    text = RULES + 'state { phase: TRAIN level: 5 stage: "deploy" }'
    assert Net(parse_net(text)).layer_names == ["train", "high", "staged"]
    assert Net(parse_net(text), "TEST", level=0).layer_names == ["test", "staged"]


def test_every_layer_learns_the_phase_unless_it_states_its_own():
    text = """layer { name: "a" type: "Input" top: "a" }
              layer { name: "b" type: "Input" top: "b" phase: TEST }"""
    for phase in (TRAIN, TEST):
        net = Net(parse_net(text), phase)
        assert net.phase == phase
        assert [each.phase for each in net.layers] == [phase, TEST]
        assert [each.phase for each in net.to_proto().layer] == [phase, TEST], "as Caffe writes it"


@pytest.mark.parametrize("phase", ["TRAINING", "", 2, -1])
def test_an_unknown_phase_is_refused(phase):
    with pytest.raises(NetError, match=r"unknown phase\n.*TRAIN or TEST\n.*got"):
        Net(parse_net(NET), phase)


def test_a_layer_that_cannot_be_set_up_is_named():
    with pytest.raises(LayerError, match=r'InnerProduct layer "ip1": num_output'):
        small(NET.replace("num_output: 5", ""))


# --- forward --------------------------------------------------------------------------------------


def test_forward_takes_inputs_and_returns_outputs(rng):
    net = small()
    given = inputs(rng)
    out = net.forward(**given)
    (W1, b1), (W2, b2) = (tuple(blob.data for blob in net.params[name]) for name in ("ip1", "ip2"))
    scores = (given["x"] @ W1.T + b1) @ W2.T + b2
    loss = ((scores - given["y"]) ** 2).sum() / 2 / 2
    assert set(out) == {"loss"}
    assert float(out["loss"]) == net.loss == pytest.approx(loss, rel=1e-5)
    np.testing.assert_allclose(net.blobs["ip2"].data, scores, rtol=1e-4)


def test_what_forward_returns_are_views_of_the_blobs(rng):
    net = small()
    out = net.forward(**inputs(rng), blobs=["ip1"])
    assert out["ip1"] is net.blobs["ip1"].data
    assert np.shares_memory(out["loss"], net.blobs["loss"].data)


def test_further_blobs_can_be_asked_for(rng):
    assert set(small().forward(**inputs(rng), blobs=["ip1", "x"])) == {"loss", "ip1", "x"}


def test_without_arguments_the_inputs_are_used_as_they_stand(rng):
    net = small()
    first = float(net.forward(**inputs(rng))["loss"])
    assert float(net.forward()["loss"]) == first
    net.blobs["y"].data[...] = 100
    assert float(net.forward()["loss"]) > first


@pytest.mark.parametrize("given", [{"x": 0}, {"x": 0, "y": 0, "z": 0}, {"X": 0, "y": 0}])
def test_arguments_must_be_exactly_the_inputs(given):
    with pytest.raises(NetError, match=r"Input arguments do not match net inputs\.\n.*x, y\n.*got"):
        small().forward(**given)


def test_the_first_axis_must_be_the_batch(rng):
    net = small()
    given = inputs(rng)
    with pytest.raises(
        NetError,
        match=r"'y' is not batch sized\n.*\(2, 3\)\n.*\(7, 3\)\n.*\['y'\]\.reshape\(7, 3\)",
    ):
        net.forward(x=given["x"], y=rng.normal(size=(7, 3)))
    assert not net.blobs["x"].data.any(), "nothing is written before all is checked"
    with pytest.raises(NetError, match="'x' is not batch sized"):
        net.forward(x=np.zeros((1, 4)), y=given["y"])


@pytest.mark.parametrize("shape", [(2, 7), (2, 4, 1), (2,), (2, 2, 4)])
def test_values_that_do_not_fit_the_other_axes_are_refused(shape, rng):
    with pytest.raises(NetError, match=r"'x' has another shape\n.*\(2, 4\)\n.*got"):
        small().forward(x=np.zeros(shape), y=np.zeros((2, 3)))


def test_an_axis_of_one_is_spread_out_as_numpy_does():
    net = small()
    net.forward(x=[[1], [2]], y=np.zeros((2, 3)))
    np.testing.assert_array_equal(net.blobs["x"].data, [[1] * 4, [2] * 4])


def test_a_new_batch_size_needs_a_reshape_first(rng):
    net = small()
    net.blobs["x"].reshape(5, 4)
    net.blobs["y"].reshape(5, 3)
    net.forward(**inputs(rng, 5))
    assert net.blobs["ip2"].shape == (5, 3)


def test_start_and_end_choose_the_layers_end_included(rng):
    net = small()
    net.forward(**inputs(rng))
    kept = net.blobs["ip2"].data.copy()
    net.blobs["ip1"].data[...] = 0
    net.blobs["loss"].data[...] = 77
    out = net.forward(start="ip2", end="ip2")
    assert set(out) == {"ip2"}, "the tops of `end`"
    np.testing.assert_array_equal(out["ip2"], np.tile(net.params["ip2"][1].data, (2, 1)))
    assert not np.array_equal(out["ip2"], kept)
    assert net.blobs["loss"].data == 77, "layers below `end` have not run"
    net.forward(start="ip2")
    assert net.loss == float(net.blobs["loss"].data) != 77
    net.forward(end="ip1")
    assert net.blobs["ip1"].data.any()
    assert net.loss == 0, "no loss among these layers"


def test_unknown_layers_and_blobs_are_refused_with_a_near_name(rng):
    net = small()
    with pytest.raises(NetError, match=r"no layer named 'ip3'(?s:.)*did you mean ip"):
        net.forward(start="ip3")
    with pytest.raises(NetError, match=r"no layer named 'los'(?s:.)*did you mean loss\?"):
        net.backward(end="los")
    with pytest.raises(NetError, match=r"no blob named 'ip'(?s:.)*did you mean ip"):
        net.forward(**inputs(rng), blobs=["ip"])


# --- backward -------------------------------------------------------------------------------------


def test_backward_adds_to_the_weights_gradients_until_they_are_cleared(rng):
    net = small()
    net.forward(**inputs(rng))
    net.backward()
    once = net.params["ip1"][0].diff.copy()
    net.backward()
    np.testing.assert_allclose(net.params["ip1"][0].diff, 2 * once, rtol=1e-5)
    net.clear_param_diffs()
    assert not any(blob.diff.any() for blob in net.learnable_params)
    net.backward()
    np.testing.assert_allclose(net.params["ip1"][0].diff, once, rtol=1e-5)


def test_backward_returns_the_diffs_of_the_inputs(rng):
    net = small(NET + "force_backward: true")
    net.forward(**inputs(rng))
    out = net.backward(diffs=["ip1"])
    assert set(out) == {"x", "y", "ip1"}
    assert out["x"] is net.blobs["x"].diff
    W1, W2 = net.params["ip1"][0].data, net.params["ip2"][0].data
    np.testing.assert_allclose(out["x"], net.blobs["ip2"].diff @ W2 @ W1, rtol=1e-4)


def test_backward_takes_the_diffs_of_the_outputs(rng):
    net = small(NET + "force_backward: true")
    net.forward(**inputs(rng))
    plain = net.backward()["x"].copy()
    doubled = net.backward(loss=2)["x"]
    np.testing.assert_allclose(doubled, 2 * plain, rtol=1e-5)
    with pytest.raises(
        NetError, match=r"Top diff arguments do not match net outputs\.\n.*loss\n.*got: +ip2"
    ):
        net.backward(ip2=0)
    with pytest.raises(NetError, match="'loss' is not batch sized"):
        net.backward(loss=[1.0])


def test_backward_runs_from_start_down_to_end(rng):
    net = small(NET + "force_backward: true")
    net.forward(**inputs(rng))
    net.backward()
    net.clear_param_diffs()
    net.blobs["ip1"].diff[...] = 5
    net.blobs["ip2"].diff[...] = 0
    out = net.backward(start="ip2", end="ip2")
    assert set(out) == {"ip1"}, "the bottoms of `end`"
    assert not net.blobs["ip2"].diff.any(), "the loss has not run"
    assert not out["ip1"].any(), "ip2 has run"
    net.blobs["ip2"].diff[...] = 1
    net.backward(start="ip2", end="ip2")
    assert net.params["ip2"][0].diff.any()
    assert not net.params["ip1"][0].diff.any(), "ip1 has not run"


def test_forward_backward_does_both_and_returns_the_loss(rng):
    net, other = small(), small()
    given = inputs(rng)
    net.forward(**given)
    net.backward()
    for name, values in given.items():
        other.blobs[name].data[...] = values
    assert other.forward_backward() == other.loss == net.loss
    np.testing.assert_array_equal(other.params["ip1"][0].diff, net.params["ip1"][0].diff)


def test_update_moves_the_weights_against_their_gradients(rng):
    net = small()
    given = inputs(rng)
    net.forward(**given)
    before, loss = net.params["ip1"][0].data.copy(), net.loss
    net.backward()
    for blob in net.learnable_params:
        blob.diff *= 0.01
    net.update()
    diff = net.params["ip1"][0].diff
    np.testing.assert_allclose(net.params["ip1"][0].data, before - diff, rtol=1e-6)
    net.forward()
    assert net.loss < loss


def test_update_changes_a_shared_weight_once(rng):
    named = 'type: "InnerProduct" param { name: "W" } bottom'
    text = NET.replace('type: "InnerProduct" bottom', named).replace(
        "num_output: 5", "num_output: 4"
    )
    net = small(text.replace("num_output: 3", "num_output: 4").replace("dim: 3", "dim: 4"))
    W = net.params["ip1"][0]
    before = W.data.copy()
    W.diff[...] = 1
    net.update()
    np.testing.assert_allclose(W.data, before - 1, rtol=1e-6)
    assert len(net.learnable_params) == 3


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_every_blob_has_the_nets_dtype(dtype, rng):
    net = small(dtype=dtype)
    net.forward(**inputs(rng))
    net.backward()
    for blob in [*net.blobs.values(), *net.learnable_params]:
        assert blob.data.dtype == blob.diff.dtype == np.dtype(dtype)


def test_float64_gives_the_gradient_to_many_digits(rng):
    net = small(dtype="f8")
    net.forward(**inputs(rng))
    net.backward()
    W, step = net.params["ip1"][0], 1e-6
    analytic, losses, kept = W.diff[2, 3], [], W.data[2, 3]
    for value in (kept + step, kept - step):
        W.data[2, 3] = value
        net.forward()
        losses.append(net.loss)
    assert analytic == pytest.approx((losses[0] - losses[1]) / (2 * step), rel=1e-7)


# --- shapes ---------------------------------------------------------------------------------------


def test_reshape_carries_new_input_shapes_through_without_computing():
    net = small()
    net.blobs["x"].reshape(6, 4)
    net.blobs["y"].reshape(6, 3)
    net.reshape()
    assert [net.blobs[name].shape for name in ("ip1", "ip2", "loss")] == [(6, 5), (6, 3), ()]
    assert not net.blobs["ip1"].data.any()


def test_a_loss_counts_the_same_after_growing_and_shrinking():
    text = NET.replace('top: "ip2"', 'top: "ip2" loss_weight: 3')
    text = text[: text.index('layer { name: "loss"')]
    net = small(text)
    net.blobs["x"].data[...] = 1
    net.forward()
    expected = net.loss
    for size in (50, 2):
        net.blobs["x"].reshape(size, 4)
        net.reshape()
    net.blobs["x"].data[...] = 1
    net.forward()
    assert net.loss == expected != 0


def test_an_input_that_no_longer_fits_is_explained_with_the_layers_name():
    net = small()
    net.blobs["x"].reshape(2, 9)
    for run in (net.reshape, net.forward):
        with pytest.raises(LayerError, match=r'"ip1".*no longer fits'):
            run()


# --- randomness -----------------------------------------------------------------------------------


def weights_of(net: Net) -> list[np.ndarray]:
    return [blob.data.copy() for blob in net.learnable_params]


def test_the_same_seed_gives_the_same_weights_and_another_seed_others():
    first, again, other = (weights_of(small(seed=seed)) for seed in (1, 1, 2))
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(first[0], other[0])


def test_without_a_seed_no_two_nets_are_equal():
    assert not np.array_equal(*(weights_of(small(seed=None))[0] for _ in range(2)))


def test_equal_layers_draw_different_numbers():
    text = NET.replace("num_output: 5", "num_output: 4").replace("num_output: 3", "num_output: 4")
    net = small(text.replace("dim: 3", "dim: 4"))
    assert net.params["ip1"][0].shape == net.params["ip2"][0].shape
    assert not np.isin(net.params["ip1"][0].data, net.params["ip2"][0].data).any()


def test_a_global_seed_plays_no_part():
    drawn = []
    for seed in (1, 2):
        np.random.seed(seed)
        drawn.append(weights_of(small(seed=7))[0])
        assert np.random.random() == np.random.RandomState(seed).random(), "it was not touched"
    np.testing.assert_array_equal(*drawn)


class Dice(Layer):
    """Random numbers, new ones at every forward."""

    def reshape(self, bottom, top):
        top[0].reshape(3)

    def forward_cpu(self, bottom, top):
        top[0].data[...] = self.rng.random(3)


@pytest.fixture
def dice(monkeypatch):
    monkeypatch.setattr(layer_register, "_LAYER_TYPES", dict(layer_register._LAYER_TYPES))
    register_layer("TinyDice")(Dice)
    text = """layer { name: "a" type: "TinyDice" top: "a" }
              layer { name: "b" type: "TinyDice" top: "b" }"""
    return Net(parse_net(text), seed=1)


def thrown(net: Net) -> list[float]:
    return [float(value) for array in net.forward().values() for value in array]


def test_a_state_repeats_what_came_after_it(dice):
    thrown(dice)
    state = json.loads(json.dumps(dice.get_state()))
    first = thrown(dice)
    assert thrown(dice) != first
    dice.set_state(state)
    assert thrown(dice) == first


def test_a_state_is_by_layer_name_and_leaves_other_layers_alone(dice):
    state = dice.get_state()
    assert list(state) == ["a", "b"]
    first = thrown(dice)
    dice.set_state({"b": state["b"], "unknown": {}})
    second = thrown(dice)
    assert second[:3] != first[:3]
    assert second[3:] == first[3:]


# --- weights: the rest is in test_weights.py ------------------------------------------------------


def test_weights_are_loaded_when_the_net_is_made(tmp_path):
    source = small(seed=1)
    source.save(tmp_path / "w.caffemodel")
    for weights in (tmp_path / "w.caffemodel", str(tmp_path / "w.caffemodel"), source.to_proto()):
        net = small(seed=2, weights=weights)
        np.testing.assert_array_equal(net.params["ip2"][0].data, source.params["ip2"][0].data)


def test_share_with_follows_the_other_nets_weights():
    train, test = small(seed=1), small(seed=2)
    test.share_with(train)
    train.params["ip1"][0].data[...] = 8
    np.testing.assert_array_equal(test.params["ip1"][0].data, np.full((5, 4), 8))
    test.params["ip1"][0].diff[...] = 9
    assert not train.params["ip1"][0].diff.any(), "gradients stay apart"


def test_the_public_face_of_a_net():
    net = small()
    assert blobnet.Net is Net
    assert [each.name for each in net.layers] == net.layer_names
    assert list(net.params) == ["ip1", "ip2"]
    assert net.params["ip1"] == net.layers[2].blobs
    assert (net.inputs, net.outputs) == (["x", "y"], ["loss"])
    assert (net.loss, net.debug_info) == (0, False)


def test_layers_of_one_name_have_states_of_their_own():
    text = """
        layer { name: "x" type: "DummyData" top: "x" dummy_data_param { shape { dim: 9 } } }
        layer { name: "drop" type: "Dropout" bottom: "x" top: "a" }
        layer { name: "drop" type: "Dropout" bottom: "x" top: "b" }
    """
    net, other = (Net(parse_net(text), phase="TRAIN", seed=seed) for seed in (1, 2))
    net.forward()
    other.set_state(net.get_state())
    for one in (net, other):
        one.blobs["x"].data[...] = 1
        one.forward()
    assert not np.array_equal(net.blobs["a"].data, net.blobs["b"].data)
    for name in "ab":
        np.testing.assert_array_equal(net.blobs[name].data, other.blobs[name].data)
