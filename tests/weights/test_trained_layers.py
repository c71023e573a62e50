"""Weights go by layer name, all of them or none."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from blobnet import BlobError, Net, WeightsError, parse_net
from blobnet.proto import NetParameter
from blobnet.serialization.weights import read_weights

LENET = Path(__file__).parents[2].parent / "shared" / "reference" / "lenet"
needs_lenet = pytest.mark.skipif(
    not LENET.is_dir(), reason="Caffe's own LeNet snapshots are not beside this checkout"
)

KINDS = ["w.caffemodel", "w.caffemodel.h5"]
DATA = 'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 } } }'


def ip(
    name: str, num_output: int = 3, more: str = "", bottom: str = "x", settings: str = ""
) -> str:
    filler = 'weight_filler { type: "gaussian" } bias_filler { type: "gaussian" }'
    return (
        f'layer {{ name: "{name}" type: "InnerProduct" bottom: "{bottom}" top: "{name}" {more} '
        f"inner_product_param {{ num_output: {num_output} {filler} {settings} }} }}"
    )


def make(*layers: str, seed: int = 1, **options) -> Net:
    return Net(parse_net("\n".join([DATA, *layers])), seed=seed, **options)


def values(net: Net) -> dict[str, list[np.ndarray]]:
    return {name: [blob.data.copy() for blob in blobs] for name, blobs in net.params.items()}


def assert_same(one: Net, other: Net, name: str = "ip") -> None:
    for a, b in zip(one.params[name], other.params[name], strict=True):
        np.testing.assert_array_equal(a.data, b.data)


def saved(net: Net, path: Path, **options) -> Path:
    net.save(path, **options)
    return path


# --- there and back -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_what_is_saved_is_loaded(kind, dtype, tmp_path):
    source, target = make(ip("ip"), dtype=dtype), make(ip("ip"), seed=2, dtype=dtype)
    target.copy_from(saved(source, tmp_path / kind))
    assert_same(source, target)


@pytest.mark.parametrize("kind", KINDS)
def test_a_float64_file_is_loaded_into_a_float32_net(kind, tmp_path):
    source, target = make(ip("ip"), dtype="f8"), make(ip("ip"), seed=2)
    target.copy_from(saved(source, tmp_path / kind))
    rounded = source.params["ip"][0].data.astype("f4")
    np.testing.assert_array_equal(target.params["ip"][0].data, rounded)
    assert target.params["ip"][0].dtype == np.float32


def test_a_message_is_a_source_too():
    source, target = make(ip("ip")), make(ip("ip"), seed=2)
    target.copy_from(source.to_proto())
    assert_same(source, target)


def test_values_are_copied_into_the_memory_that_is_there(tmp_path):
    target = make(ip("ip"), seed=2)
    view = target.params["ip"][0].data
    target.copy_from(saved(make(ip("ip")), tmp_path / "w"))
    assert view is target.params["ip"][0].data


@pytest.mark.parametrize("kind", KINDS)
def test_the_content_says_which_kind_a_file_is_not_its_name(kind, tmp_path):
    source, target = make(ip("ip")), make(ip("ip"), seed=2)
    renamed = saved(source, tmp_path / kind).rename(tmp_path / "renamed.bin")
    target.copy_from(renamed)
    assert_same(source, target)


def test_gradients_are_saved_when_asked(tmp_path):
    net = make(ip("ip"))
    net.params["ip"][0].diff[...] = 5
    assert list(net.to_proto(write_diff=True).layer[1].blobs[0].diff) == [5] * 12
    assert not net.to_proto().layer[1].blobs[0].diff
    for write_diff in (False, True):
        proto = NetParameter.FromString(
            saved(net, tmp_path / "w", write_diff=write_diff).read_bytes()
        )
        assert bool(proto.layer[1].blobs[0].diff) is write_diff
    assert (
        not NetParameter.FromString(saved(net, tmp_path / "w").read_bytes()).layer[1].blobs[0].diff
    )


def test_the_message_is_the_net_as_it_runs():
    net = make(ip("a"), ip("b"))
    proto = net.to_proto()
    assert [layer.name for layer in proto.layer] == ["in", "x_in_0_split", "a", "b"]
    assert [layer.bottom[0] for layer in proto.layer[2:]] == ["x_in_0_split_0", "x_in_0_split_1"]
    assert [len(layer.blobs) for layer in proto.layer] == [0, 0, 2, 2]
    assert not proto.HasField("state")
    again = Net(proto)
    assert again.layer_names == net.layer_names, "no split of a split"
    assert_same(net, again, "b")


def test_the_message_says_nothing_of_how_the_net_is_run():
    text = """name: "n" force_backward: true debug_info: true state { phase: TRAIN level: 1 }
              input: "x" input_shape { dim: 2 dim: 4 }"""
    proto = Net(parse_net(text + ip("ip"))).to_proto()
    assert {field.name for field, _ in proto.ListFields()} == {"name", "layer"}
    assert [layer.type for layer in proto.layer] == ["Input", "InnerProduct"]


def test_making_the_message_leaves_the_net_alone():
    net = make(ip("ip"))
    assert net.to_proto() == net.to_proto()
    assert not net.layers[1].layer_param_.blobs


@pytest.mark.parametrize("kind", KINDS)
def test_slashes_in_layer_names(kind, tmp_path):
    names = ["inception_3a/1x1", "inception_3a/3x3/reduce", "inception_3a"]
    source = make(*(ip(name, i + 2) for i, name in enumerate(names)))
    target = make(*(ip(name, i + 2) for i, name in enumerate(names)), seed=2)
    target.copy_from(saved(source, tmp_path / kind))
    for name in names:
        assert_same(source, target, name)


# --- by name --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_layers_that_only_one_side_knows_are_left_alone_and_named(kind, tmp_path, caplog):
    source, target = make(ip("both"), ip("theirs")), make(ip("ours"), ip("both"), seed=2)
    before = values(target)
    with caplog.at_level(logging.INFO, logger="blobnet.net"):
        target.copy_from(saved(source, tmp_path / kind))
    assert_same(source, target, "both")
    np.testing.assert_array_equal(target.params["ours"][0].data, before["ours"][0])
    assert "Ignoring source layer theirs" in caplog.messages
    assert "Ignoring source layer both" not in caplog.messages


def test_a_file_without_any_layer_of_the_net_is_warned_about(tmp_path, caplog):
    path = saved(make(ip("theirs")), tmp_path / "w")
    warning = f"{path}: no layer of the net was given weights"
    make(ip("ours")).copy_from(path)
    assert warning in caplog.messages
    caplog.clear()
    make(ip("theirs"), ip("ours")).copy_from(path)
    make().copy_from(path)
    assert warning not in caplog.messages, "some were given, or none are needed"


def test_later_files_win_over_earlier_ones(tmp_path):
    first = make(ip("a"), ip("b"), seed=1)
    second = make(ip("b"), seed=2)
    target = make(ip("a"), ip("b"), seed=3)
    target.copy_from([saved(first, tmp_path / "1"), second.to_proto()])
    assert_same(first, target, "a")
    assert_same(second, target, "b")


# --- what does not fit ----------------------------------------------------------------------------


def assert_refused(target: Net, source: object, *expected: str) -> None:
    before = values(target)
    with pytest.raises(WeightsError) as caught:
        target.copy_from(source)
    for part in expected:
        assert part in str(caught.value)
    for name, arrays in before.items():
        for blob, array in zip(target.params[name], arrays, strict=True):
            np.testing.assert_array_equal(blob.data, array, f"{name} was changed")


@pytest.mark.parametrize("kind", KINDS)
def test_all_misfits_are_told_at_once_and_nothing_is_changed(kind, tmp_path):
    source = make(ip("a"), ip("b", 5), ip("c", 6), ip("d", 7, "", "c"))
    target = make(ip("a"), ip("b", 3), ip("c", 4), ip("d", 7, "", "c"), seed=2)
    path = saved(source, tmp_path / kind)
    assert_refused(
        target, path, str(path),
        "Cannot copy param 0 weights from layer 'b'; shape mismatch: the net has (3, 4), the "
        "weights have (5, 4)",
        "Cannot copy param 1 weights from layer 'b'; shape mismatch: the net has (3,), the "
        "weights have (5,)",
        "param 0 weights from layer 'c'", "param 1 weights from layer 'c'",
        "param 0 weights from layer 'd'",
        "rename the layer",
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("ours", "theirs", "counts"),
    [
        ("", "bias_term: false", "the net has 2, the weights have 1"),
        ("bias_term: false", "", "the net has 1, the weights have 2"),
    ],
)
def test_a_wrong_number_of_blobs_is_refused(kind, ours, theirs, counts, tmp_path):
    source, target = make(ip("ip", settings=theirs)), make(ip("ip", settings=ours), seed=2)
    path = saved(source, tmp_path / kind)
    assert_refused(target, path, f"Incompatible number of blobs for layer ip: {counts}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_known_layer_that_comes_without_weights_is_refused(kind, tmp_path):
    source = make('layer { name: "ip" type: "ReLU" bottom: "x" top: "ip" }')
    path = saved(source, tmp_path / kind)
    assert_refused(make(ip("ip")), path, "the net has 2, the weights have 0")


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_too_large_for_float32_are_refused_and_nothing_is_changed(kind, tmp_path):
    source = make(ip("a"), ip("b"), dtype="f8")
    source.params["b"][1].data[1] = 1e300
    path = saved(source, tmp_path / kind)
    target = make(ip("a"), ip("b"), seed=2)
    assert_refused(
        target, path, str(path), "Cannot copy param 1 weights from layer 'b'", "1e+300", "float64"
    )
    target = make(ip("a"), ip("b"), dtype="f8", seed=2)
    target.copy_from(path)
    assert target.params["b"][1].data[1] == 1e300


@pytest.mark.parametrize("kind", KINDS)
def test_infinity_and_nan_are_loaded_as_they_are(kind, tmp_path):
    source, target = make(ip("ip"), dtype="f8"), make(ip("ip"), seed=2)
    source.params["ip"][1].data[...] = [np.inf, -np.inf, np.nan]
    target.copy_from(saved(source, tmp_path / kind))
    np.testing.assert_array_equal(target.params["ip"][1].data, [np.inf, -np.inf, np.nan])


def test_a_machine_without_memory_is_an_error_of_weights(tmp_path, monkeypatch):
    path = saved(make(ip("ip"), dtype="f8"), tmp_path / KINDS[0])

    def no_memory(*args: object) -> None:
        raise MemoryError

    monkeypatch.setattr("blobnet.serialization.packed._Packed.load", no_memory)
    assert_refused(make(ip("ip")), path, "not enough memory")


def test_a_misfit_in_the_second_file_leaves_the_first_unloaded(tmp_path):
    good, bad = make(ip("a")), make(ip("b", 9))
    target = make(ip("a"), ip("b"), seed=2)
    assert_refused(target, [good.to_proto(), saved(bad, tmp_path / "bad")], "bad", "layer 'b'")


def test_a_missing_second_file_leaves_the_first_unloaded(tmp_path):
    target = make(ip("a"), seed=2)
    assert_refused(target, [make(ip("a")).to_proto(), tmp_path / "none"], "none", "cannot be read")


def test_a_blob_with_too_few_numbers_is_refused_before_any_other_is_loaded():
    proto = make(ip("a"), ip("b")).to_proto()
    del proto.layer[-1].blobs[1].data[0]
    assert_refused(
        make(ip("a"), ip("b"), seed=2), proto,
        "the given NetParameter", "param 1 weights from layer 'b'; damaged",
        "3 numbers, there are 2",
    )  # fmt: skip


def test_a_hostile_shape_is_told_without_being_allocated():
    proto = make(ip("ip")).to_proto()
    proto.layer[1].blobs[0].shape.dim[:] = [2**40, 2**20]
    assert_refused(make(ip("ip"), seed=2), proto, "(3, 4)", "(1099511627776, 1048576)")


def test_the_four_axes_of_2014_fit_from_the_last_on():
    source = make(ip("ip")).to_proto()
    for blob, (height, width) in zip(source.layer[1].blobs, [(3, 4), (1, 3)], strict=True):
        blob.ClearField("shape")
        blob.num, blob.channels, blob.height, blob.width = 1, 1, height, width
    target = make(ip("ip"), seed=2)
    target.copy_from(source)
    assert_same(make(ip("ip")), target)
    assert [blob.shape for blob in target.params["ip"]] == [(3, 4), (3,)]
    source.layer[1].blobs[1].num, source.layer[1].blobs[1].width = 3, 1
    assert_refused(target, source, "param 1 weights from layer 'ip'", "(3, 1, 1, 1)")


def test_four_modern_axes_are_not_cut_to_fit():
    source = make(ip("ip")).to_proto()
    source.layer[1].blobs[0].shape.dim[:] = [1, 1, 3, 4]
    assert_refused(make(ip("ip"), seed=2), source, "(1, 1, 3, 4)")


# --- shared weights -------------------------------------------------------------------------------

NAMED = 'param { name: "W" } param { name: "b" }'


def test_hdf5_keeps_a_shared_weight_at_its_owner_only_and_loads_it_for_all(tmp_path):
    source = make(ip("a", 3, NAMED), ip("b", 3, NAMED))
    target = make(ip("a", 3, NAMED), ip("b", 3, NAMED), seed=2)
    path = saved(source, tmp_path / "w.h5")
    assert {name: len(blobs) for name, blobs in read_weights(path).items()} == {
        "in": 0, "x_in_0_split": 0, "a": 2, "b": 0
    }  # fmt: skip
    target.copy_from(path)
    assert_same(source, target, "a")
    assert_same(source, target, "b")
    assert_refused(make(ip("a"), ip("b"), seed=2), path, "layer b", "has 2, the weights have 0")


def test_binary_keeps_a_shared_weight_in_every_layer(tmp_path):
    source = make(ip("a", 3, NAMED), ip("b", 3, NAMED))
    stored = read_weights(saved(source, tmp_path / "w"))
    assert {name: len(blobs) for name, blobs in stored.items()}["b"] == 2


# --- sharing with another net ---------------------------------------------------------------------


def test_share_with_goes_by_name_and_follows_every_change(caplog):
    train, test = make(ip("a"), ip("b")), make(ip("b"), ip("c"), seed=2)
    before = values(test)["c"]
    with caplog.at_level(logging.INFO, logger="blobnet.net"):
        test.share_with(train)
    assert caplog.messages == ["Ignoring source layer a"]
    train.params["b"][0].data += 1
    assert_same(train, test, "b")
    np.testing.assert_array_equal(test.params["c"][0].data, before[0])


def test_share_with_refuses_other_shapes_before_anything_is_shared():
    train, test = make(ip("a"), ip("b", 5)), make(ip("a"), ip("b", 6), seed=2)
    with pytest.raises(
        WeightsError,
        match=r"Cannot share param 0 .* 'b'; shape mismatch\.\n.*\(6, 4\).*\n.*\(5, 4\)",
    ):
        test.share_with(train)
    assert not np.shares_memory(test.params["a"][0].data, train.params["a"][0].data)


@pytest.mark.parametrize(("ours", "theirs"), [(None, ""), ("", None), ("bias_term: false", "")])
def test_share_with_refuses_another_number_of_weights(ours, theirs):
    """None: a layer of the name that has no weights at all."""
    relu = 'layer { name: "it" type: "ReLU" bottom: "x" top: "it" }'
    nets = [
        make(relu if settings is None else ip("it", settings=settings))
        for settings in (ours, theirs)
    ]
    with pytest.raises(WeightsError, match="Incompatible number of blobs for layer it\n"):
        nets[0].share_with(nets[1])


def test_share_with_tells_of_layers_without_weights_too(caplog):
    relu = 'layer { name: "relu" type: "ReLU" bottom: "a" top: "a" }'
    with caplog.at_level(logging.INFO, logger="blobnet.net"):
        make(ip("a")).share_with(make(ip("a"), relu))
    assert caplog.messages == ["Ignoring source layer relu"]


def test_share_with_refuses_another_dtype():
    with pytest.raises(BlobError, match="float64"):
        make(ip("a")).share_with(make(ip("a"), dtype="f8"))


# --- Caffe's own files ----------------------------------------------------------------------------

LENET_TAIL = """
    layer { name: "in" type: "Input" top: "pool2"
            input_param { shape { dim: 1 dim: 50 dim: 4 dim: 4 } } }
    layer { name: "ip1" type: "InnerProduct" bottom: "pool2" top: "ip1"
            inner_product_param { num_output: 500 } }
    layer { name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2"
            inner_product_param { num_output: 10 } }
"""


@needs_lenet
@pytest.mark.parametrize("name", ["lenet_iter_100.caffemodel", "lenet_iter_100.caffemodel.h5"])
def test_a_snapshot_that_caffe_wrote_is_loaded(name, caplog):
    with caplog.at_level(logging.INFO, logger="blobnet.net"):
        net = Net(parse_net(LENET_TAIL), weights=LENET / name)
    ignored = [text.split()[-1] for text in caplog.messages if text.startswith("Ignoring")]
    assert sorted(ignored) == ["conv1", "conv2", "loss", "mnist", "pool1", "pool2", "relu1"]
    original = NetParameter.FromString((LENET / "lenet_iter_100.caffemodel").read_bytes())
    for layer in original.layer:
        for blob, loaded in zip(layer.blobs, net.params.get(layer.name, []), strict=False):
            np.testing.assert_array_equal(loaded.data.ravel(), np.asarray(blob.data, "f4"))
    assert net.params["ip1"][0].data.std() > 0.01


@needs_lenet
@pytest.mark.parametrize("kind", KINDS)
def test_caffes_numbers_survive_our_files(kind, tmp_path):
    source = Net(parse_net(LENET_TAIL), weights=LENET / "lenet_iter_100.caffemodel")
    target = Net(parse_net(LENET_TAIL), weights=saved(source, tmp_path / kind))
    for name in ("ip1", "ip2"):
        assert_same(source, target, name)


@needs_lenet
def test_a_snapshot_of_another_net_is_refused():
    other = LENET_TAIL.replace("num_output: 10", "num_output: 12").replace("dim: 50", "dim: 49")
    assert_refused(
        Net(parse_net(other)), LENET / "lenet_iter_100.caffemodel",
        "(500, 784), the weights have (500, 800)", "(12, 500), the weights have (10, 500)",
        "(12,), the weights have (10,)",
    )  # fmt: skip
