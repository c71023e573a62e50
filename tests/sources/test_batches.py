import functools

import numpy as np
import pytest

from blobnet import TRAIN, DataError, LayerError
from blobnet.proto import TransformationParameter
from blobnet.sources.batches import DatumBatches, empty
from blobnet.sources.datum import datum_to_array
from blobnet.sources.source import Record, RecordSource
from blobnet.sources.transformer import DataTransformer
from tests.sources.lmdb_files import make_datum


class ListSource(RecordSource):
    """Records from a list: the least that a source must be."""

    name = "list"

    def __init__(self, images):
        self.images, self.at = images, 0

    def read(self):
        index, self.at = self.at, (self.at + 1) % len(self.images)
        return Record(str(index), make_datum(self.images[index], index))

    def get_state(self):
        return {"at": self.at}

    def set_state(self, state):
        self.at = state["at"]

    def close(self):
        self.images = []


def batches(images, batch_size, dtype=np.float32, rng=None, with_label=True, **transform):
    return DatumBatches(
        functools.partial(ListSource, images),
        datum_to_array,
        DataTransformer(TransformationParameter(**transform), TRAIN, dtype),
        rng or np.random.default_rng(0),
        batch_size=batch_size,
        with_label=with_label,
    )


@pytest.fixture
def images(rng):
    return list(rng.integers(256, size=(5, 2, 4, 6), dtype=np.uint8))


def test_batches_run_round(images):
    reader = batches(images, 3)
    for indices in ([0, 1, 2], [3, 4, 0], [1, 2, 3]):
        data, label = reader.read()
        np.testing.assert_array_equal(data, [images[i] for i in indices])
        assert label.tolist() == indices


def test_everything_has_the_type_of_the_net(images):
    assert [array.dtype for array in batches(images, 2, np.float64).read()] == ["f8", "f8"]


def test_the_label_can_be_left_out(images):
    reader = batches(images, 2, with_label=False)
    assert reader.shapes() == [(2, 2, 4, 6)]
    assert len(reader.read()) == 1


def test_shapes_use_no_record_up(images):
    reader = batches(images, 3, crop_size=2)
    assert reader.shapes() == reader.shapes() == [(3, 2, 2, 2), (3,)]
    assert reader.read()[1].tolist() == [0, 1, 2]


def test_a_state_holds_position_and_random_numbers(images):
    reader = batches(images, 4, crop_size=2, mirror=True)
    reader.read()
    state = reader.get_state()
    expected = [reader.read() for _ in range(4)]
    other = batches(images, 4, crop_size=2, mirror=True, rng=np.random.default_rng(99))
    other.set_state(state)
    for batch in expected:
        for array, again in zip(batch, other.read(), strict=True):
            np.testing.assert_array_equal(again, array)


def test_the_generator_given_is_left_alone(images):
    rng = np.random.default_rng(7)
    batches(images, 4, crop_size=2, mirror=True, rng=rng).read()
    assert rng.bit_generator.state == np.random.default_rng(7).bit_generator.state


def test_the_first_record_decides_the_shape_of_its_batch(rng):
    images = [np.zeros((1, 2 + i, 3), np.uint8) for i in range(3)]
    reader = batches(images, 1)
    assert [reader.read()[0].shape for _ in range(3)] == [(1, 1, 2 + i, 3) for i in range(3)]
    with pytest.raises(
        LayerError,
        match=r'(?s)list: records of different shape.*\(1, 2, 3\), as of record "0".*'
        r'\(1, 3, 3\) of record "1".*batch_size: 1',
    ):
        batches(images, 3).read()


def test_records_of_different_shape_can_be_cropped_to_one(rng):
    images = [np.zeros((1, 2 + i, 3), np.uint8) for i in range(3)]
    assert batches(images, 3, crop_size=2).read()[0].shape == (3, 1, 2, 2)
    images[2] = np.zeros((2, 2, 2), np.uint8)
    with pytest.raises(LayerError, match='of record "2"'):
        batches(images, 3, crop_size=2).read()


def test_errors_name_source_and_record(images):
    with pytest.raises(LayerError, match=r'^list, record "0": the record is smaller'):
        batches(images, 2, crop_size=5).read()
    reader = batches(images, 2)
    reader._decode = lambda datum: datum_to_array(type(datum)())
    with pytest.raises(DataError, match=r'^list, record "0": the values do not fit'):
        reader.read()


# --- memory ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("piece", [1, 2, 3, 7])
def test_records_are_taken_in_pieces_and_nothing_depends_on_them(piece, images, monkeypatch):
    options = {"crop_size": 2, "mirror": True, "mean_value": [3.5], "scale": 0.1}
    expected = batches(images, 7, **options)
    first = [expected.read() for _ in range(3)]
    monkeypatch.setattr("blobnet.sources.batches.PIECE", piece)
    again = batches(images, 7, **options)
    for one, other in zip(first, [again.read() for _ in range(3)], strict=True):
        for values, same in zip(one, other, strict=True):
            np.testing.assert_array_equal(values, same)
    assert again.get_state() == expected.get_state()


def test_records_of_different_shape_in_different_pieces(rng, monkeypatch):
    monkeypatch.setattr("blobnet.sources.batches.PIECE", 1)
    images = [np.zeros((1, 2, 3), np.uint8), np.zeros((1, 3, 3), np.uint8)]
    with pytest.raises(LayerError, match=r'(?s)as of record "0".*\(1, 3, 3\) of record "1"'):
        batches(images, 2).read()


def test_no_record_is_collected_for_a_batch_that_cannot_be(images, monkeypatch):
    monkeypatch.setattr("blobnet.sources.batches.machine_bytes", lambda: 2**30)
    reader = batches(images, 2**32 - 1)
    with pytest.raises(DataError, match=r"(?s)not enough memory.*4294967295, 2, 4, 6.*batch_size"):
        reader.read()
    assert reader.get_state()["source"]["at"] <= 4  # 1024 records, of 5


@pytest.mark.parametrize("shape", [(2**32, 2**32), (2**62,), (2**40,)])
def test_memory_that_no_machine_has(shape):
    with pytest.raises(DataError, match=r"(?s)not enough memory for a batch.*smaller batch_size"):
        empty(shape, np.dtype("f4"))
