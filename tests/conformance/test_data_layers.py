"""Layers without bottoms: their batches, the same again for a seed and after a state, and dealt."""

from __future__ import annotations

import pytest

import blobnet
from tests.conformance.catalogue import STATED

pytest.importorskip("h5py")
pytest.importorskip("PIL")

TYPES = [name for name, stated in STATED.items() if stated.prototxt]
VARYING = [name for name in TYPES if not STATED[name].is_constant]


def make_net(type_name, folder, batch):
    stated = STATED[type_name]
    net = blobnet.Net(blobnet.parse_net(f"layer {{ {stated.prototxt(folder, batch)} }}"), seed=6)
    stated.feed(net)
    return net


def bits(net, passes):
    """What so many passes put out."""
    return [[values.tobytes() for values in net.forward().values()] for _ in range(passes)]


@pytest.mark.parametrize("batch", [1, 3, 9])
@pytest.mark.parametrize("type_name", TYPES)
def test_a_batch_has_as_many_items_as_stated(type_name, batch, tmp_path):
    net = make_net(type_name, tmp_path, batch)
    expected = 1 if STATED[type_name].is_single else batch
    assert {len(values) for values in net.forward().values()} == {expected}


@pytest.mark.parametrize("type_name", TYPES)
def test_reshape_and_backward_change_nothing(type_name, tmp_path):
    net = make_net(type_name, tmp_path, 3)
    net.forward()
    layer, tops = net.layers[0], list(net.blobs.values())
    before = [(blob.shape, blob.data.tobytes()) for blob in tops]
    layer.reshape([], tops)
    layer.backward(tops, [], [])
    assert [(blob.shape, blob.data.tobytes()) for blob in tops] == before


@pytest.mark.parametrize("type_name", VARYING)
def test_a_seed_gives_the_same_batches_again(type_name, tmp_path):
    one, two = (make_net(type_name, tmp_path, 3) for _ in range(2))
    batches = bits(one, 5)
    assert batches == bits(two, 5)
    assert batches[0] != batches[1]


@pytest.mark.parametrize("type_name", VARYING)
def test_a_state_goes_on_with_the_next_batch(type_name, tmp_path):
    net, resumed = (make_net(type_name, tmp_path, 3) for _ in range(2))
    bits(net, 2)
    resumed.set_state(net.get_state())
    assert bits(net, 4) == bits(resumed, 4)


@pytest.mark.parametrize("batch", [2, 3])
@pytest.mark.parametrize("type_name", TYPES)
def test_processes_that_take_turns_read_what_one_would(type_name, batch, tmp_path):
    whole, *parts = (make_net(type_name, tmp_path, batch) for _ in range(4))
    for turn, net in enumerate(parts):
        assert net.layers[0].take_turns(turn, 3) is None
    for _ in range(3):
        for net in parts:
            whole.layers[0].begin_pass()
            net.layers[0].begin_pass()
            assert bits(net, 1) == bits(whole, 1)
        assert [net.get_state() for net in parts] == [whole.get_state()] * 3
