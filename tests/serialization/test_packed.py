"""Weight files whose numbers are read from where they lie."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from google.protobuf.message import DecodeError

from blobnet import WeightsError
from blobnet.proto import NetParameter, SolverState
from blobnet.serialization import weights
from blobnet.serialization.packed import read_packed_net, read_packed_state
from blobnet.serialization.weights import read_weights
from blobnet.serialization.wire import UnusualMessageError


def net_with(*blobs: dict, old: bool = False) -> NetParameter:
    net = NetParameter(name="net")
    layer = net.layers.add(type=14) if old else net.layer.add(type="InnerProduct")
    layer.name = "ip"
    for fields in blobs:
        dims = fields.pop("dims", None)
        blob = layer.blobs.add(**fields)
        if dims is not None:
            blob.shape.dim.extend(dims)
    return net


def write(folder: Path, content: bytes) -> Path:
    path = folder / "w.caffemodel"
    path.write_bytes(content)
    return path


@pytest.fixture
def no_messages(monkeypatch):
    """Protobuf's parser does not get to see the whole file."""

    def refuse(path):
        raise AssertionError("parsed as a whole")

    monkeypatch.setattr(weights, "read_caffemodel", refuse)


@pytest.mark.parametrize("old", [False, True])
def test_all_todays_and_the_last_format_are_read_without_a_message(old, tmp_path, no_messages):
    net = net_with(
        {"dims": (2, 3), "data": range(6), "diff": range(6)},
        {"num": 1, "channels": 1, "height": 1, "width": 2, "data": [7, 8]},
        {"dims": (2,), "double_data": [0.1, 0.2]},
        {"dims": (), "data": [5]},
        {"dims": (0, 3)},
        old=old,
    )
    stored = read_weights(write(tmp_path, net.SerializeToString()))["ip"]
    assert [blob.shape for blob in stored.values()] == [(2, 3), (1, 1, 1, 2), (2,), (), (0, 3)]
    assert [blob.legacy for blob in stored.values()] == [False, True, False, False, False]
    assert not any(blob.damage for blob in stored.values())
    np.testing.assert_array_equal(stored[0].load(), [[0, 1, 2], [3, 4, 5]])
    np.testing.assert_array_equal(stored[1].load(), [[[[7, 8]]]])
    np.testing.assert_array_equal(stored[2].load(), [0.1, 0.2])
    assert stored[2].load().dtype == np.float64
    assert stored[3].load() == 5
    assert stored[4].load().shape == (0, 3)


def test_the_format_of_2013_is_left_to_protobuf(tmp_path):
    net = NetParameter()
    inner = net.layers.add().layer
    inner.name, inner.type, inner.num_output = "ip", "innerproduct", 2
    inner.blobs.add(num=1, channels=1, height=1, width=2, data=[5, 6])
    path = write(tmp_path, net.SerializeToString())
    with pytest.raises(UnusualMessageError):
        read_packed_net(path)
    np.testing.assert_array_equal(read_weights(path)["ip"][0].load().ravel(), [5, 6])


def test_a_net_that_states_its_inputs_in_the_old_way_keeps_its_weights(tmp_path, no_messages):
    net = net_with({"dims": (2,), "data": [1, 2]})
    net.input.append("x")
    net.input_dim.extend([1, 2, 3, 4])
    stored = read_weights(write(tmp_path, net.SerializeToString()))
    np.testing.assert_array_equal(stored["ip"][0].load(), [1, 2])


def test_numbers_in_several_pieces_are_one_array(tmp_path, no_messages):
    one = net_with({"data": [1, 2]}).layer[0].blobs[0].SerializeToString()
    two = net_with({"dims": (5,), "data": [3, 4, 5]}).layer[0].blobs[0].SerializeToString()
    blob = one + two
    layer = b"\x0a\x02ip" + b"\x3a" + bytes([len(blob)]) + blob
    stored = read_weights(write(tmp_path, b"\xa2\x06" + bytes([len(layer)]) + layer))["ip"][0]
    np.testing.assert_array_equal(stored.load(), [1, 2, 3, 4, 5])
    out = np.zeros(5, "f4")
    stored.copy_to(out)
    np.testing.assert_array_equal(out, [1, 2, 3, 4, 5])


@pytest.mark.parametrize(
    "into", [np.zeros((2, 3), "f4"), np.zeros((2, 3)), np.zeros((6, 4), "f4")[::3, ::2][:, :3]]
)
def test_numbers_are_copied_into_any_array_that_they_fit(into, tmp_path):
    into = into if into.shape == (2, 3) else np.zeros((2, 6), "f4")[:, ::2]
    net = net_with({"dims": (2, 3), "data": range(6)})
    stored = read_weights(write(tmp_path, net.SerializeToString()))["ip"][0]
    stored.copy_to(into)
    np.testing.assert_array_equal(into, [[0, 1, 2], [3, 4, 5]])


@pytest.mark.parametrize("field", ["data", "diff", "double_data", "double_diff"])
def test_numbers_of_a_broken_length_are_left_to_protobuf(field, tmp_path):
    blob = net_with({field: [1]}).layer[0].blobs[0].SerializeToString()
    blob = blob[:1] + bytes([blob[1] - 1]) + blob[2:-1]
    layer = b"\x3a" + bytes([len(blob)]) + blob
    path = write(tmp_path, b"\xa2\x06" + bytes([len(layer)]) + layer)
    with pytest.raises((UnusualMessageError, DecodeError)):
        read_packed_net(path)
    with pytest.raises(WeightsError, match="not a weight file"):
        read_weights(path)


def test_too_few_numbers_are_told_as_damage(tmp_path, no_messages):
    net = net_with({"dims": (2**40, 2**40), "data": [1]})
    stored = read_weights(write(tmp_path, net.SerializeToString()))["ip"][0]
    assert "there are 1" in stored.damage


@pytest.mark.parametrize("change", ["replaced", "cut short", "gone"])
def test_a_file_that_changes_before_its_numbers_are_read_is_told(change, tmp_path):
    net = net_with({"dims": (2, 3), "data": range(6)})
    path = write(tmp_path, net.SerializeToString())
    stored = read_weights(path)["ip"][0]
    if change == "replaced":
        (tmp_path / "other").write_bytes(path.read_bytes())
        os.replace(tmp_path / "other", path)
    elif change == "cut short":
        path.write_bytes(path.read_bytes()[:-10])
    else:
        path.unlink()
    with pytest.raises(WeightsError, match="changed while it was read"):
        stored.load()


def test_a_state_is_read_with_its_history(tmp_path):
    state = SolverState(iter=3, learned_net="w", blobnet_state=b"{}")
    state.history.add(data=[1, 2]).shape.dim.append(2)
    state.history.add(double_data=[3]).shape.dim.append(1)
    rest, history = read_packed_state(write(tmp_path, state.SerializeToString()))
    assert [list(blob.load()) for blob in history] == [[1, 2], [3]]
    del state.history[:]
    assert rest == state


def test_an_own_message_of_a_layer_is_kept(mine, tmp_path):
    net = net_with({"dims": (2,), "data": [1, 2]})
    own = net.layer[0].Extensions[mine.own_field_.extension]
    own.alpha = 5
    own.dims.extend([3, 4])
    read, (blob,) = read_packed_net(write(tmp_path, net.SerializeToString()))
    assert read.layer[0].Extensions[mine.own_field_.extension] == own
    np.testing.assert_array_equal(blob.load(), [1, 2])
