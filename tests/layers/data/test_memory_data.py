import json
import logging
import re

import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from blobnet.proto import LayerParameter

SIZES = "batch_size: 2 channels: 3 height: 4 width: 5"


def make_net(sizes=SIZES, extra="", **options):
    text = f"""
        layer {{ name: "mem" type: "MemoryData" top: "data" top: "label" {extra}
                 memory_data_param {{ {sizes} }} }}
    """
    return blobnet.Net(blobnet.parse_net(text), **options)


def arrays(rows, item=(3, 4, 5)):
    """Data and labels that hold the number of their row."""
    labels = np.arange(rows, dtype=np.float32)
    return np.broadcast_to(labels[:, None, None, None], (rows, *item)).copy(), labels


def rows_of_next_batch(net):
    net.forward()
    labels = net.blobs["label"].data.astype(int).tolist()
    data = net.blobs["data"].data
    assert data.shape[1:] == (3, 4, 5)
    np.testing.assert_array_equal(data.min(axis=(1, 2, 3)), labels)
    np.testing.assert_array_equal(data.max(axis=(1, 2, 3)), labels)
    return labels


def test_the_tops_have_their_shapes_from_the_start():
    net = make_net()
    assert net.blobs["data"].shape == (2, 3, 4, 5)
    assert net.blobs["label"].shape == (2,)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_batches_follow_each_other_and_begin_again(dtype):
    net = make_net(dtype=dtype)
    net.layers[0].set_input_arrays(*arrays(6))
    assert [rows_of_next_batch(net) for _ in range(4)] == [[0, 1], [2, 3], [4, 5], [0, 1]]


def test_labels_may_have_four_axes():
    net = make_net()
    data, labels = arrays(4)
    net.layers[0].set_input_arrays(data, labels.reshape(4, 1, 1, 1))
    assert rows_of_next_batch(net) == [0, 1]
    assert net.blobs["label"].shape == (2,)


def test_new_arrays_begin_with_their_first_row():
    net = make_net()
    net.layers[0].set_input_arrays(*arrays(6))
    rows_of_next_batch(net)
    net.layers[0].set_input_arrays(*arrays(4))
    assert rows_of_next_batch(net) == [0, 1]


def test_the_arrays_are_kept_and_not_copied():
    net = make_net()
    data, labels = arrays(2)
    net.layers[0].set_input_arrays(data, labels)
    data += 10
    labels += 10
    assert rows_of_next_batch(net) == [10, 11]


def test_a_layer_that_works_in_place_does_not_write_into_the_arrays():
    net = make_net()
    data, labels = arrays(2)
    net.layers[0].set_input_arrays(data, labels)
    net.forward()
    net.blobs["data"].data[...] = 77
    assert rows_of_next_batch(net) == [0, 1]


def test_the_position_is_part_of_the_state():
    net, other = make_net(), make_net()
    for each in (net, other):
        each.layers[0].set_input_arrays(*arrays(6))
    rows_of_next_batch(net)
    other.set_state(json.loads(json.dumps(net.get_state())))
    assert rows_of_next_batch(other) == [2, 3]


def test_there_is_nothing_to_go_back_to():
    net = make_net("batch_size: 2 channels: 3 height: 4 width: 5")
    net.layers[0].backward([], [], [])


# --- another batch size ---------------------------------------------------------------------------


def test_another_batch_size():
    net = make_net()
    layer = net.layers[0]
    layer.set_input_arrays(*arrays(6))
    assert rows_of_next_batch(net) == [0, 1]
    layer.set_batch_size(3)
    assert [rows_of_next_batch(net) for _ in range(3)] == [[2, 3, 4], [5, 0, 1], [2, 3, 4]]
    assert net.blobs["label"].shape == (3,)


def test_another_batch_size_before_the_data():
    net = make_net()
    net.layers[0].set_batch_size(5)
    net.reshape()
    assert net.blobs["data"].shape == (5, 3, 4, 5)
    net.layers[0].set_input_arrays(*arrays(5))
    assert rows_of_next_batch(net) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("size", [0, -2, 4])
def test_a_batch_size_that_does_not_fit(size):
    net = make_net()
    net.layers[0].set_input_arrays(*arrays(6))
    with pytest.raises(LayerError, match='"mem"'):
        net.layers[0].set_batch_size(size)
    assert rows_of_next_batch(net) == [0, 1]


# --- refusals -------------------------------------------------------------------------------------


def test_a_forward_without_data_tells_what_to_call():
    with pytest.raises(LayerError, match=r'"mem": there is no data yet\n.*set_input_arrays'):
        make_net().forward()


@pytest.mark.parametrize("field", ["batch_size", "channels", "height", "width"])
def test_every_size_must_be_given(field):
    with pytest.raises(LayerError, match='"mem": batch_size, channels, height, and width must be'):
        make_net(re.sub(rf"{field}: \d", "", SIZES))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda x, y: (x.astype(np.float64), y),
            r"data array must be float32.*\n.*got: +float64\n",
        ),
        (lambda x, y: (x, y.astype(np.int32)), r"labels array must be float32.*\n.*got: +int32\n"),
        (lambda x, y: (x, list(y)), r"labels array must be float32.*\n.*got: +list\n"),
        (lambda x, y: (x[::2], y[::2]), r"data array must be .*C contiguous\n.*float32, not cont"),
        (lambda x, y: (np.asfortranarray(x), y), "data array must be .*C contiguous"),
        (lambda x, y: (x[0], y), "data array does not fit"),
        (lambda x, y: (x.reshape(4, 4, 3, 5), y), r"does not fit.*\n.*\(rows, 3, 4, 5\)\n.*\(4, 4"),
        (lambda x, y: (x, y[:2]), "data and labels must have the same first dimension"),
        (lambda x, y: (x, y.reshape(4, 1)), "same first dimension"),
        (lambda x, y: (x[:3], y[:3]), r"must be a multiple of batch size\n.*of 2.*\n.*3 rows"),
        (lambda x, y: (x[:0], y[:0]), r"must be a multiple of batch size\n.*\n.*0 rows"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_and_the_old_ones_kept(change, message):
    net = make_net()
    net.layers[0].set_input_arrays(*arrays(2))
    with pytest.raises(LayerError, match=f'(?s)MemoryData layer "mem": .*{message}'):
        net.layers[0].set_input_arrays(*change(*arrays(4)))
    assert rows_of_next_batch(net) == [0, 1]


def test_reset_takes_any_numbers_in_any_layout():
    net = make_net()
    data, labels = arrays(8)
    net.layers[0].reset(np.asfortranarray(data[::2].astype(np.int64)), labels[::2].astype(np.uint8))
    assert rows_of_next_batch(net) == [0, 2]


def test_a_transformation_is_not_applied_and_the_log_says_so(caplog):
    net = make_net(extra="transform_param { scale: 0.5 }")
    with caplog.at_level(logging.WARNING, logger="blobnet"):
        net.layers[0].set_input_arrays(*arrays(2))
    assert "transform_param has no effect" in caplog.text
    assert rows_of_next_batch(net) == [0, 1]


def test_two_tops_are_needed():
    param = LayerParameter(name="mem", type="MemoryData")
    layer = blobnet.layers.MemoryData(param)
    with pytest.raises(LayerError, match="produces 2 top blob"):
        layer.initialize([], [blobnet.Blob()])
