import gc
import json
import logging
import re
import threading
import weakref

import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError
from blobnet.proto import Datum, LayerParameter
from tests.sources.lmdb_files import make_datum

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


# --- Datum messages and images --------------------------------------------------------------------


def add_datums(layer, images, labels=None):
    labels = range(len(images)) if labels is None else labels
    layer.add_datum_vector(
        [make_datum(image, label) for image, label in zip(images, labels, strict=True)]
    )


def add_mats(layer, images, labels=None):
    labels = list(range(len(images))) if labels is None else labels
    layer.add_mat_vector([image.transpose(1, 2, 0) for image in images], labels)


ADD = pytest.mark.parametrize("add", [add_datums, add_mats])


def numbered(count, shape=(3, 4, 5)):
    return [np.full(shape, i, np.uint8) for i in range(count)]


@ADD
def test_added_images_come_one_batch_after_the_other(add):
    net = make_net()
    add(net.layers[0], numbered(4))
    assert [rows_of_next_batch(net) for _ in range(3)] == [[0, 1], [2, 3], [0, 1]]


@ADD
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_added_images_are_transformed(add, dtype, rng):
    images = list(rng.integers(256, size=(2, 3, 6, 9), dtype=np.uint8))
    values = "mean_value: 10 mean_value: 20 mean_value: 30 scale: 0.25"
    extra = f"transform_param {{ crop_size: 4 {values} }}"
    net = make_net(SIZES.replace("width: 5", "width: 4"), extra, phase="TEST", dtype=dtype)
    add(net.layers[0], images, [7, 9])
    net.forward()
    centre = np.array(images)[:, :, 1:5, 2:6] - np.array([10, 20, 30], float)[:, None, None]
    np.testing.assert_array_equal(net.blobs["data"].data, centre * 0.25)
    assert net.blobs["label"].data.tolist() == [7, 9]


@ADD
def test_added_images_are_cut_out_at_random_in_training(add):
    image = np.arange(3 * 20 * 20, dtype=np.uint32).reshape(3, 20, 20).astype(np.uint8)
    extra = "transform_param { crop_size: 4 mirror: true }"
    sizes = "batch_size: 8 channels: 3 height: 4 width: 4"
    nets = [make_net(sizes, extra, phase="TRAIN", seed=1) for _ in range(2)]
    for net in nets:
        add(net.layers[0], [image] * 8)
        net.forward()
    one, same = (net.blobs["data"].data for net in nets)
    np.testing.assert_array_equal(one, same)
    assert len({values.tobytes() for values in one}) > 4


def test_floats_and_encoded_images_can_be_added(tmp_path, rng):
    floats = rng.normal(size=(3, 4, 5)).astype(np.float32)
    image_module = pytest.importorskip("PIL.Image")
    pixels = rng.integers(256, size=(4, 5, 3), dtype=np.uint8)
    image_module.fromarray(pixels).save(tmp_path / "x.png")
    encoded = Datum(encoded=True, data=(tmp_path / "x.png").read_bytes(), label=3)
    net = make_net()
    net.layers[0].add_datum_vector([make_datum(floats, 2), encoded])
    net.forward()
    data = net.blobs["data"].data
    np.testing.assert_array_equal(data[0], floats)
    np.testing.assert_array_equal(data[1], pixels.transpose(2, 0, 1)[::-1])  # blue comes first
    assert net.blobs["label"].data.tolist() == [2, 3]


def test_grey_mats_may_have_two_axes():
    net = make_net("batch_size: 1 channels: 1 height: 2 width: 3")
    net.layers[0].add_mat_vector([np.arange(6, dtype=np.uint8).reshape(2, 3)], [4])
    net.forward()
    assert net.blobs["data"].data.tolist() == [[[[0, 1, 2], [3, 4, 5]]]]


@ADD
def test_the_next_images_can_be_added_when_all_have_been_used(add):
    net = make_net()
    layer = net.layers[0]
    add(layer, numbered(4))
    for _ in range(2):
        with pytest.raises(LayerError, match=r"Can't add (data|mat) until current data has been"):
            add(layer, numbered(4))
        with pytest.raises(LayerError, match="Can't change batch_size until current data has been"):
            layer.set_batch_size(4)
        rows_of_next_batch(net)
    layer.set_batch_size(4)
    add(layer, numbered(4)[::-1], [3, 2, 1, 0])
    assert rows_of_next_batch(net) == [3, 2, 1, 0]


@ADD
def test_arrays_may_take_the_place_of_added_images_at_any_time(add):
    net = make_net()
    add(net.layers[0], numbered(4))
    net.layers[0].set_input_arrays(*arrays(2))
    add(net.layers[0], numbered(2))
    assert rows_of_next_batch(net) == [0, 1]


@ADD
@pytest.mark.parametrize(
    ("images", "message"),
    [
        ([], r"There is no (datum|mat) to add\."),
        (numbered(3), r"The added data must be a multiple of the batch size\.\n.*of 2\n.*3"),
        (
            numbered(2, (3, 5, 4)),
            r"an image does not fit\n.*\(3, 4, 5\).*\n.*\(3, 5, 4\) of image 0",
        ),
        ([*numbered(1), *numbered(1, (1, 4, 5))], "does not fit.*\n.*\n.* of image 1"),
    ],
)
def test_images_that_cannot_be_added(add, images, message):
    net = make_net()
    net.layers[0].set_input_arrays(*arrays(2))
    with pytest.raises(LayerError, match=f'MemoryData layer "mem": .*{message}'):
        add(net.layers[0], images)
    assert rows_of_next_batch(net) == [0, 1]


def test_records_and_mats_that_make_no_sense():
    layer = make_net().layers[0]
    with pytest.raises(DataError, match='"mem": the values do not fit the shape'):
        layer.add_datum_vector([Datum(channels=3, height=4, width=5)] * 2)
    for mat in (np.zeros((4, 5, 3)), np.zeros(5, np.uint8)):
        with pytest.raises(DataError, match='"mem": Image data type must be unsigned byte'):
            layer.add_mat_vector([mat, mat], [1, 2])
    with pytest.raises(LayerError, match="one label for each mat"):
        layer.add_mat_vector([np.zeros((4, 5, 3), np.uint8)] * 2, [1])


def test_a_transformation_that_makes_no_sense_is_refused_at_once():
    with pytest.raises(LayerError, match=r'"mem": .*cannot set both force_color and f'):
        make_net(extra="transform_param { force_color: true force_gray: true }")


# --- iterables ------------------------------------------------------------------------------------


def pairs(count=5):
    return [(image, label) for label, image in enumerate(numbered(count))]


def generate():
    yield from pairs()


class DataSet:
    def __len__(self):
        return 5

    def __getitem__(self, number):
        return pairs()[number]


@pytest.mark.parametrize("prefetch", [0, 1, 4])
@pytest.mark.parametrize("samples", [pairs(), generate, DataSet()])
def test_batches_of_an_iterable_go_on_over_the_end_of_a_round(samples, prefetch):
    net = make_net()
    net.layers[0].set_iterable(samples, prefetch=prefetch)
    batches = [rows_of_next_batch(net) for _ in range(5)]
    assert batches == [[0, 1], [2, 3], [4, 0], [1, 2], [3, 4]]


def test_a_mapping_has_the_names_of_the_tops():
    text = """
        layer { name: "mem" type: "MemoryData" top: "pixels" top: "kind"
                memory_data_param { batch_size: 2 channels: 3 height: 4 width: 5 } }
    """
    net = blobnet.Net(blobnet.parse_net(text))
    net.layers[0].set_iterable([{"kind": label, "pixels": image} for image, label in pairs()])
    outputs = net.forward()
    assert outputs["kind"].tolist() == [0, 1]
    np.testing.assert_array_equal(outputs["pixels"][1], numbered(2)[1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_an_iterable_gives_is_transformed(dtype, rng):
    image = rng.normal(size=(3, 6, 8))
    extra = "transform_param { crop_size: 4 scale: 2 mean_value: 0.5 }"
    sizes = SIZES.replace("width: 5", "width: 4")
    net = make_net(sizes, extra, phase="TEST", dtype=dtype)
    net.layers[0].set_iterable([(image, 1)])
    net.forward()
    expected = (image[:, 1:5, 2:6].astype(dtype) - dtype(0.5)) * 2
    np.testing.assert_array_equal(net.blobs["data"].data, [expected, expected])


@pytest.mark.parametrize("prefetch", [0, 4])
@pytest.mark.parametrize("before", [0, 1, 2, 5])
@pytest.mark.parametrize("samples", [pairs(), generate])
def test_a_resumed_net_goes_on_with_the_next_image(samples, before, prefetch):
    extra = "transform_param { crop_size: 4 mirror: true }"
    sizes = SIZES.replace("width: 5", "width: 4")

    def make(seed):
        net = make_net(sizes, extra, phase="TRAIN", seed=seed)
        net.layers[0].set_iterable(samples, prefetch=prefetch)
        return net

    def some(net):
        outputs = [{k: v.copy() for k, v in net.forward().items()} for _ in range(6)]
        return np.array([x["data"] for x in outputs]), np.array([x["label"] for x in outputs])

    net, other = make(1), make(2)
    for _ in range(before):
        net.forward()
    other.forward()
    state = json.loads(json.dumps(net.get_state()))
    expected = some(net)
    other.set_state(state)
    assert other.get_state() == state
    for actual, wanted in zip(some(other), expected, strict=True):
        np.testing.assert_array_equal(actual, wanted)


def test_states_of_arrays_and_of_iterables_do_not_mix():
    net, other = make_net(), make_net()
    net.layers[0].set_iterable(pairs())
    other.layers[0].set_input_arrays(*arrays(2))
    with pytest.raises(LayerError, match=r'"mem": the state.*another kind\n.*an iterable\n.*same'):
        other.set_state(net.get_state())
    with pytest.raises(LayerError, match=r"the state.*another kind\n.*arrays\n"):
        net.set_state(other.get_state())
    assert rows_of_next_batch(net) == rows_of_next_batch(other) == [0, 1]


def test_what_is_handed_over_last_counts():
    net = make_net()
    layer = net.layers[0]
    layer.set_iterable(pairs())
    rows_of_next_batch(net)
    layer.set_input_arrays(*arrays(2))
    assert rows_of_next_batch(net) == [0, 1]
    layer.set_iterable(pairs()[::-1])
    assert rows_of_next_batch(net) == [4, 3]
    layer.set_iterable(pairs())
    assert rows_of_next_batch(net) == [0, 1]
    add_datums(layer, numbered(2))
    assert rows_of_next_batch(net) == [0, 1]


def test_another_batch_size_of_an_iterable():
    net = make_net()
    net.layers[0].set_iterable(pairs())
    assert rows_of_next_batch(net) == [0, 1]
    net.layers[0].set_batch_size(4)
    assert rows_of_next_batch(net) == [2, 3, 4, 0]


@pytest.mark.parametrize("prefetch", [0, 4])
def test_an_iterator_is_used_up_after_one_round(prefetch):
    net = make_net()
    net.layers[0].set_iterable(generate(), prefetch=prefetch)
    assert [rows_of_next_batch(net) for _ in range(2)] == [[0, 1], [2, 3]]
    for _ in range(2):
        with pytest.raises(DataError, match=r'(?s)"mem": an iterator cannot begin again.*function'):
            net.forward()


@pytest.mark.parametrize("prefetch", [0, 4])
def test_an_error_of_the_samples_comes_out_of_forward_as_it_is(prefetch):
    def read_sample(number):
        if number == 3:
            raise ZeroDivisionError("of the user")
        return pairs()[number]

    net = make_net()
    net.layers[0].set_iterable(lambda: map(read_sample, range(5)), prefetch=prefetch)
    assert rows_of_next_batch(net) == [0, 1]
    for _ in range(2):
        with pytest.raises(ZeroDivisionError, match="of the user") as caught:
            net.forward()
        assert caught.traceback[-1].name == "read_sample"


@pytest.mark.parametrize("prefetch", [0, 4])
def test_samples_that_do_not_fit_name_the_layer_and_the_item(prefetch):
    net = make_net()
    net.layers[0].set_iterable([*pairs(2), (np.zeros((4, 5, 3)), 1)], prefetch=prefetch)
    assert rows_of_next_batch(net) == [0, 1]
    with pytest.raises(LayerError, match=r'(?s)^MemoryData layer "mem": item 2: .*transpose'):
        net.forward()


def test_iterables_that_make_no_sense():
    net = make_net()
    layer = net.layers[0]
    layer.set_input_arrays(*arrays(2))
    with pytest.raises(LayerError, match='"mem": nothing to iterate over'):
        layer.set_iterable(3)
    with pytest.raises(LayerError, match='"mem": prefetch must not be negative'):
        layer.set_iterable(pairs(), prefetch=-1)
    assert rows_of_next_batch(net) == [0, 1]
    layer.set_iterable([])
    with pytest.raises(DataError, match='"mem": the iterable is empty'):
        net.forward()


def threads():
    return {thread for thread in threading.enumerate() if thread.name == "blobnet-prefetch"}


def test_a_batch_that_no_memory_holds_is_refused_before_an_item_is_taken():
    text = """name: "d" type: "MemoryData" top: "data" top: "label"
        memory_data_param { batch_size: 4294967295 channels: 9 height: 9 width: 9 }"""
    net = blobnet.Net(blobnet.parse_net(f"layer {{ {text} }}"), "TRAIN")

    def samples():
        raise KeyError("taken")
        yield

    net.layers[0].set_iterable(samples, prefetch=0)
    with pytest.raises(blobnet.BlobnetError, match="not enough memory"):
        net.forward()


def test_the_thread_ends_with_the_net_or_with_other_data():
    before = threads()
    net = make_net()
    net.layers[0].set_iterable(pairs())
    assert not threads() - before
    net.forward()
    (thread,) = threads() - before
    net.layers[0].set_iterable(generate)
    assert not thread.is_alive()
    net.forward()
    (thread,) = threads() - before
    net.layers[0].close()
    assert not thread.is_alive()
    assert rows_of_next_batch(net) == [2, 3]
    (thread,) = threads() - before
    gone = weakref.ref(net)
    del net
    gc.collect()
    assert gone() is None
    thread.join(30)
    assert not thread.is_alive()


@pytest.mark.parametrize("item", [(3, 4, 5), (2,), (1, 2, 3, 4, 5), ()])
def test_any_number_of_axes_as_in_the_opencl_branch(item, rng):
    net = make_net(" ".join(f"dim: {length}" for length in (2, *item)))
    data = rng.normal(size=(4, *item)).astype("f4")
    net.layers[0].set_input_arrays(data, np.arange(4, dtype="f4"))
    net.forward()
    np.testing.assert_array_equal(net.forward()["data"], data[2:])
    assert net.blobs["label"].data.tolist() == [2, 3]
    with pytest.raises(LayerError, match="the data array does not fit"):
        net.layers[0].reset(np.zeros((4, *item, 1)), np.zeros(4))


def test_a_dim_of_0_is_refused():
    with pytest.raises(LayerError, match="must be specified and positive"):
        make_net("dim: 2 dim: 0")


# --- cbfinn/caffe ---------------------------------------------------------------------------------


def of_shapes(*shapes):
    """A net of MemoryData with these `input_shapes`."""
    stated = " ".join(
        f"input_shapes {{ {' '.join(f'dim: {dim}' for dim in shape)} }}" for shape in shapes
    )
    tops = " ".join(f'top: "t{k}"' for k in range(len(shapes)))
    text = f'layer {{ name: "d" type: "MemoryData" {tops} memory_data_param {{ {stated} }} }}'
    return blobnet.Net(blobnet.parse_net(text), "TRAIN")


@pytest.mark.parametrize("shapes", [[(2, 3, 4, 1)], [(2, 3, 4, 1), (2, 7, 1, 1), (2, 7, 7, 1)]])
def test_each_top_has_a_shape_of_its_own(shapes, rng):
    net = of_shapes(*shapes)
    assert [blob.shape for blob in net.blobs.values()] == shapes
    arrays = [rng.normal(size=(4, *shape[1:])).astype("f4") for shape in shapes]
    net.layers[0].reset(*arrays)
    for start in (0, 2, 0):
        net.forward()
        for blob, array in zip(net.blobs.values(), arrays, strict=True):
            np.testing.assert_array_equal(blob.data, array[start : start + 2])


def test_what_does_not_fit_several_shapes():
    with pytest.raises(LayerError, match="Inconsistent batch sizes"):
        of_shapes((2, 3, 1, 1), (3, 3, 1, 1))
    with pytest.raises(LayerError, match="must be specified and positive"):
        of_shapes((2, 3, 1, 1), (2, 0, 1, 1))
    layer = of_shapes((2, 3, 1, 1), (2, 4, 1, 1)).layers[0]
    for arrays in ([np.ones((2, 3, 1, 1))], [np.ones((2, 3, 1, 1)), np.ones((4, 4, 1, 1))], []):
        with pytest.raises(LayerError, match="the arrays do not fit the tops"):
            layer.reset(*arrays)
    with pytest.raises(LayerError, match="must be a multiple of batch size"):
        layer.reset(np.ones((3, 3, 1, 1)), np.ones((3, 4, 1, 1)))
    with pytest.raises(LayerError, match="with input_shapes, data come as arrays"):
        layer.set_iterable([1])
    with pytest.raises(LayerError, match="with input_shapes, data come as arrays"):
        layer.add_mat_vector([np.zeros((3, 3), np.uint8)], [0])


def test_a_single_array_is_not_enough_without_input_shapes():
    text = """layer { name: "d" type: "MemoryData" top: "a" top: "b"
        memory_data_param { batch_size: 1 channels: 1 height: 1 width: 1 } }"""
    layer = blobnet.Net(blobnet.parse_net(text), "TRAIN").layers[0]
    with pytest.raises(LayerError, match="data and labels are wanted"):
        layer.reset(np.ones((1, 1, 1, 1)))
