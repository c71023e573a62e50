import json
import pickle
import random

import numpy as np
import pytest

from blobnet import DataError, LayerError
from blobnet.proto import TEST, TRAIN, TransformationParameter
from blobnet.sources.iterable_batches import ItemSource, IterableBatches
from blobnet.sources.transformer import DataTransformer

COUNT = 5


def image(number, shape=(1, 2, 3)):
    return np.full(shape, number, np.uint8)


def pairs():
    return [(image(number), number) for number in range(COUNT)]


class DataSet:
    """As PyTorch's: a length and an index, and it does not mind an index behind the end."""

    def __len__(self):
        return COUNT

    def __getitem__(self, number):
        return image(number % COUNT), number % COUNT


class Loader:
    """As PyTorch's: batches, the last of which is smaller."""

    def __len__(self):
        return 3

    def __iter__(self):
        for start in range(0, COUNT, 2):
            items = pairs()[start : start + 2]
            yield [np.stack([image for image, _ in items]), np.array([label for _, label in items])]


def function():
    yield from pairs()


def by_name():
    return [{"label": label, "data": values, "more": "x"} for values, label in pairs()]


class Iterable(DataSet):
    """As PyTorch's iterable data sets, which inherit an index that they do not have."""

    def __getitem__(self, number):
        raise NotImplementedError

    def __iter__(self):
        return function()


KINDS = {
    "list": pairs,
    "tuple": lambda: tuple(pairs()),
    "data set": DataSet,
    "loader": Loader,
    "iterable": Iterable,
    "class": lambda: DataSet,
    "function": lambda: function,
    "mappings": by_name,
    "nested lists": lambda: [(values.tolist(), [label]) for values, label in pairs()],
    "batches by index": lambda: list(Loader()),
}


def make(samples, batch_size=2, options="", phase=TEST, shape=(1, 2, 3), seed=0, **kwargs):
    param = TransformationParameter(**kwargs)
    return IterableBatches(
        samples if isinstance(samples, ItemSource) else ItemSource(samples),
        DataTransformer(param, phase),
        np.random.default_rng(seed),
        image_shape=shape,
        batch_size=batch_size,
    )


def labels(reader, count):
    got = []
    for _ in range(count):
        data, label = reader.read()
        np.testing.assert_array_equal(data.min(axis=(1, 2, 3)), label)
        np.testing.assert_array_equal(data.max(axis=(1, 2, 3)), label)
        got.append(label.astype(int).tolist())
    return got


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("batch_size", [1, 2, 5, 12])
def test_rounds_follow_each_other_over_the_borders_of_batches(kind, batch_size):
    reader = make(KINDS[kind](), batch_size)
    assert reader.shapes() == [(batch_size, 1, 2, 3), (batch_size,)]
    flat = [label for batch in labels(reader, 7) for label in batch]
    assert flat == [i % COUNT for i in range(7 * batch_size)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("before", range(7))
def test_a_state_is_the_position(kind, before):
    reader = make(KINDS[kind](), 3)
    labels(reader, before)
    state = json.loads(json.dumps(reader.get_state()))
    expected = labels(reader, 6)
    other = make(KINDS[kind](), 3)
    labels(other, 2)
    other.set_state(state)
    assert other.get_state() == state
    assert labels(other, 6) == expected


def test_images_may_have_labels_with_fractions():
    data, label = make([(image(1), 0.25), (image(2), -3)]).read()
    assert label.tolist() == [0.25, -3]
    assert data.dtype == label.dtype == np.float32


def test_the_images_are_transformed_in_the_phase():
    values = np.arange(2 * 4 * 4).reshape(2, 4, 4)
    data, _ = make(
        [(values, 0)], 1, shape=(2, 2, 2), crop_size=2, scale=0.5, mean_value=[1, 3]
    ).read()
    centre = values[:, 1:3, 1:3]
    np.testing.assert_array_equal(data[0], (centre - np.array([1, 3])[:, None, None]) * 0.5)


def test_random_crops_go_on_from_a_state():
    values = np.arange(100).reshape(1, 10, 10)
    settings = dict(shape=(1, 2, 2), phase=TRAIN, crop_size=2, mirror=True)
    reader, other = make([(values, 0)], 2, **settings), make([(values, 0)], 2, seed=9, **settings)
    reader.read()
    other.set_state(reader.get_state())
    windows = [reader.read()[0] for _ in range(5)]
    for expected in windows:
        np.testing.assert_array_equal(other.read()[0], expected)
    assert not np.array_equal(windows[0], windows[1])


def test_a_function_may_yield_the_same_memory_again_and_again():
    def reusing():
        memory = np.empty((1, 2, 3), np.float32)
        for number in range(COUNT):
            memory[...] = number
            yield memory, number

    assert labels(make(reusing, 5), 2) == [[0, 1, 2, 3, 4]] * 2


def test_each_round_calls_a_function_and_iterates_anew():
    orders = []

    def shuffled():
        order = pairs()
        random.Random(len(orders)).shuffle(order)
        orders.append([label for _, label in order])
        return order

    assert labels(make(shuffled, COUNT), 3) == orders
    assert len({tuple(order) for order in orders}) == 3


def test_nothing_is_taken_before_it_is_wanted():
    taken = []

    def watching():
        for pair in pairs():
            taken.append(pair[1])
            yield pair

    reader = make(watching, 2)
    reader.shapes()
    reader.set_state(reader.get_state())
    assert taken == []
    reader.read()
    assert taken == [0, 1]


def test_a_list_is_not_gone_through_to_get_to_a_place():
    asked = []

    class Watched(DataSet):
        def __getitem__(self, number):
            asked.append(number)
            return super().__getitem__(number)

    reader = make(Watched(), 2)
    reader.set_state({**reader.get_state(), "item": 3})
    assert labels(reader, 1) == [[3, 4]]
    assert asked == [3, 4]


def test_items_can_be_pickled_where_the_samples_can():
    assert labels(make(pickle.loads(pickle.dumps(ItemSource(pairs())))), 1) == [[0, 1]]


# --- iterators ------------------------------------------------------------------------------------


@pytest.mark.parametrize("samples", [function, lambda: iter(pairs()), lambda: map(tuple, pairs())])
def test_an_iterator_serves_for_one_round(samples):
    reader = make(samples(), 2)
    assert labels(reader, 2) == [[0, 1], [2, 3]]
    for _ in range(2):
        with pytest.raises(
            DataError, match=r"(?s)iterator cannot begin again.*5 items.*item 0\n.*the generator f"
        ):
            reader.read()


def test_an_iterator_can_be_gone_on_with_but_not_gone_back_to():
    items = ItemSource(function())
    reader = make(items)
    begin = reader.get_state()
    labels(reader, 1)
    state = reader.get_state()
    other = make(items)
    other.set_state(state)
    assert labels(other, 1) == [[2, 3]]
    other.set_state(begin)
    with pytest.raises(DataError, match="cannot begin again"):
        other.read()


def test_a_resumed_reader_passes_over_the_beginning_of_a_new_iterator():
    reader = make(function())
    labels(reader, 1)
    other = make(function())
    other.set_state(reader.get_state())
    assert labels(other, 1) == [[2, 3]]


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("samples", [3, "folder", b"x", None, {"a": 1}, 1.5])
def test_what_cannot_be_iterated_over(samples):
    with pytest.raises(LayerError, match=r"nothing to iterate over\n.*a function that yields"):
        ItemSource(samples)


@pytest.mark.parametrize("samples", [[], list, iter(()), np.empty((0, 2))])
def test_what_is_empty(samples):
    with pytest.raises(DataError, match="the iterable is empty"):
        make(samples).read()


PIXELS = np.zeros((1, 2, 3))


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (PIXELS, "not an image with its label\n.*got: +ndarray"),
        ((PIXELS,), "not an image with its label"),
        ((PIXELS, 1, 2), "not an image with its label"),
        ({"data": PIXELS}, "not an image with its label\n.*'data' and 'label'"),
        (3, "not an image with its label\n.*got: +int"),
        (("text", 1), "not an array of numbers\n.*got: +<U4"),
        ((PIXELS, "cat"), "not an array of numbers"),
        ((PIXELS, None), "not an array of numbers"),
        (([[[1], [2, 3]]], 1), "not an array"),
        ((np.zeros((2, 3)), 1), r"not an image, nor several\n.*\(2, 3\)\n.*image\[None\]"),
        ((np.zeros((1, 0, 3)), 1), "not an image, nor several"),
        ((np.zeros((0, 1, 2, 3)), []), "not an image, nor several"),
        ((PIXELS, [1, 2]), r"not one label for each image\n.*1\n.*\(2,\)"),
        ((np.zeros((4, 1, 2, 3)), [1, 2, 3]), r"not one label for each image\n.*4\n.*\(3,\)"),
        ((np.zeros((1, 2, 2)), 1), r"of another shape.*\n.*\(1, 2, 3\).*\n.*\(1, 2, 2\)$"),
        ((np.zeros((2, 3, 1)), 1), r"another shape.*\n.*\n.*\n.*image.transpose\(2, 0, 1\)"),
    ],
)
def test_items_that_make_no_sense(item, message):
    reader = make([(PIXELS, 1), (PIXELS, 1), item])
    labels(reader, 0)
    reader.read()
    with pytest.raises(LayerError, match=f"(?s)^item 2: .*{message}"):
        reader.read()


def test_images_that_cannot_be_transformed():
    with pytest.raises(LayerError, match="item 0: the record is smaller than the crop"):
        make(pairs(), crop_size=4).read()
    with pytest.raises(LayerError, match=r"\(1, 2, 2\) after the transformation"):
        make(pairs(), crop_size=2).read()


def test_errors_of_the_samples_come_as_they_are():
    def failing():
        yield image(0), 0
        raise KeyError("of the user")

    with pytest.raises(KeyError, match="of the user") as caught:
        make(failing).read()
    assert caught.traceback[-1].name == "failing"
