import numpy as np
import pytest

from blobnet import DataError, LayerError
from blobnet.proto import BlobProto, Datum
from blobnet.testing import run_layer

pytest.importorskip("lmdb")
SHAPE = (3, 5)


def record(number):
    """An image of 2 channels, a flow, and a mask."""
    rng = np.random.default_rng(number)
    image = rng.integers(256, size=(2, *SHAPE), dtype=np.uint8)
    flow = rng.integers(-999, 999, size=(2, *SHAPE)).astype("<i2")
    flow[0, 0, 0] = 32767
    mask = rng.integers(2, size=SHAPE).astype(np.uint8)
    bits = np.packbits(mask.ravel(), bitorder="little")
    datum = Datum(channels=5, height=SHAPE[0], width=SHAPE[1], label=number)
    datum.data = image.tobytes() + flow.tobytes() + bits.tobytes()
    return image, flow, mask, datum


@pytest.fixture
def database(tmp_path):
    from tests.sources.lmdb_files import write_lmdb

    records = [(b"%08d" % n, record(n)[3].SerializeToString()) for n in range(10)]
    return write_lmdb(tmp_path / "db", records)


PARTS = "slice_point: [2, 4] encoding: [UINT8, UINT16FLOW, BOOL1] "


def custom(database, options, num_top=4, **more):
    param = f'source: "{database.as_posix()}" backend: LMDB {options}'
    return run_layer(
        f'name: "d" type: "CustomData" data_param {{ {param} }}', num_top=num_top, **more
    )


def labels(run, batches=1):
    """The numbers of the records of the next batches."""
    seen = [run.top[-1].data.ravel().astype(int).tolist()]
    for _ in range(batches - 1):
        run.forward()
        seen.append(run.top[-1].data.ravel().astype(int).tolist())
    return [number for batch in seen for number in batch]


def test_parts_are_decoded(database):
    run = custom(database, PARTS + "batch_size: 3")
    assert [blob.shape for blob in run.top] == [
        (3, 2, *SHAPE), (3, 2, *SHAPE), (3, 1, *SHAPE), (3, 1, 1, 1),
    ]  # fmt: skip
    for n in range(3):
        image, flow, mask, _ = record(n)
        np.testing.assert_array_equal(run.top[0].data[n], image)
        expected = flow / 32
        expected[0, 0, 0] = np.nan
        np.testing.assert_array_equal(run.top[1].data[n], expected)
        np.testing.assert_array_equal(run.top[2].data[n, 0], mask)
    assert labels(run, 4) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]
    assert len(custom(database, PARTS + "batch_size: 1", num_top=3).top) == 3


def test_a_mean_and_a_scale(database, tmp_path):
    image = record(0)[0]
    run = custom(database, PARTS + "batch_size: 1 subtract: [10, 20] scale: 0.5")
    np.testing.assert_array_equal(
        run.top[0].data[0], (image - np.array([10.0, 20])[:, None, None]) / 2
    )
    mean = np.arange(75, dtype=np.float32).reshape(5, *SHAPE)
    proto = BlobProto(num=1, channels=5, height=3, width=5, data=mean.ravel())
    (tmp_path / "mean").write_bytes(proto.SerializeToString())
    file = f'mean_file: "{tmp_path.as_posix()}/mean"'
    run = custom(database, f"{PARTS} batch_size: 1 {file}")
    np.testing.assert_array_equal(run.top[0].data[0], image - mean[:2])
    with pytest.raises(DataError, match="the mean does not fit"):
        custom(database, PARTS + "batch_size: 1 subtract: [1, 2, 3, 4, 5, 6]")


def test_ranges_and_shuffling(database):
    options = PARTS + "batch_size: 4 range_start: 2 range_end: 5 "
    assert labels(custom(database, options), 2) == [2, 3, 4, 5] * 2
    first = options + "rand_permute: true rand_permute_order: FIRST_RANGE_THEN_PERMUTE "
    run = custom(database, first)
    once = labels(run)
    assert sorted(once) == [2, 3, 4, 5]
    assert labels(run, 2)[4:] == once
    drawn = [
        tuple(labels(custom(database, options + "rand_permute: true", seed=s))) for s in (1, 2, 3)
    ]
    assert {number for each in drawn for number in each} - {2, 3, 4, 5}
    seeded = PARTS + "batch_size: 10 rand_permute: true rand_permute_seed: 3"
    assert labels(custom(database, seeded, seed=1)) == labels(custom(database, seeded, seed=2))


def test_shuffling_in_blocks(database):
    run = custom(database, PARTS + "batch_size: 10 rand_permute: true block_size: 4")
    seen = labels(run)
    assert sorted(seen[:3]) == [0, 1, 2]
    assert seen[3] == 3
    assert sorted(seen[4:7]) == [4, 5, 6]
    assert seen[7:] == [7, 8, 9]


def test_shuffling_again_goes_on_after_a_pause(database):
    options = PARTS + "batch_size: 10 rand_permute: true permute_every_iter: 2"
    run = custom(database, options)
    seen = labels(run, 3)
    assert seen[:10] == seen[10:20] != seen[20:]
    state = run.layer.get_state()
    run.forward()
    run.forward()
    expected = labels(run)
    again = custom(database, options, seed=9)
    again.layer.set_state(state)
    again.forward()
    again.forward()
    assert labels(again) == expected


def test_preselection(database, tmp_path):
    (tmp_path / "sets").write_text("1 2 1 2 1 2 1 2 1 2")
    file = f'preselection_file: "{tmp_path.as_posix()}/sets"'
    run = custom(database, f"{PARTS} batch_size: 6 {file} preselection_label: 2")
    assert labels(run) == [1, 3, 5, 7, 9, 1]
    for text, label, words in (
        ("1 2", 2, "a label for each record"),
        ("1 x", 2, "whole numbers"),
        ("1 " * 10, 2, "no record is selected"),
    ):
        (tmp_path / "sets").write_text(text)
        with pytest.raises(LayerError, match=words):
            custom(database, f"{PARTS} batch_size: 6 {file} preselection_label: {label}")
    with pytest.raises(LayerError, match="doesn't make sense"):
        custom(database, f"{PARTS} batch_size: 6 {file}")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("batch_size: 0", "batch_size must be at least 1"),
        ("batch_size: 1 rand_skip: 2", "No rand_skip"),
        ("batch_size: 1 crop_size: 2", "Cropping currently not supported"),
        ("batch_size: 1", "a top for each part"),
        (PARTS + "batch_size: 1 range_start: 5 range_end: 3", "Range end is before start"),
        ("batch_size: 1 slice_point: [4, 2]", "does not cut the channels"),
        ("batch_size: 1 slice_point: [2, 9]", "does not cut the channels"),
        ("batch_size: 1 slice_point: [2, 4] encoding: BOOL1", "of one channel"),
        (
            "batch_size: 1 slice_point: [2, 4] encoding: UINT16FLOW encoding: UINT16FLOW",
            "do not fit",
        ),
    ],
)
def test_what_is_refused(database, options, words):
    with pytest.raises((LayerError, DataError), match=words):
        custom(database, options)


def test_leveldb_is_refused_and_data_has_no_such_settings(database):
    param = f'source: "{database.as_posix()}"'
    with pytest.raises(LayerError, match="LevelDB not supported"):
        run_layer(f'name: "d" type: "CustomData" data_param {{ {param} }}')
    data = f'name: "d" type: "Data" data_param {{ {param} backend: LMDB slice_point: 2 '
    with pytest.raises(LayerError, match="a setting of CustomData"):
        run_layer(data + "batch_size: 1 }", num_top=1)
