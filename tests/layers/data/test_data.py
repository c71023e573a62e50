import gc
import json
import logging
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError
from blobnet.proto import Datum
from blobnet.testing import run_layer
from tests.sources import leveldb_files
from tests.sources.lmdb_files import make_datum, write_images, write_lmdb

FORMATS = Path(__file__).parents[3].parent / "shared" / "reference" / "formats"
RECORDINGS = [
    "lmdb_raw",
    "lmdb_encoded",
    "lmdb_encoded_gray",
    "lmdb_scale_crop",
    "lmdb_mean_file_crop",
    "lmdb_mean_one",
    "lmdb_mean_values",
    "leveldb_raw",
]
RANDOM = "transform_param { crop_size: 3 mirror: true }"


@pytest.fixture
def images(rng):
    return list(rng.integers(256, size=(7, 3, 5, 6), dtype=np.uint8))


@pytest.fixture
def database(images, tmp_path):
    return write_images(tmp_path / "db", images)


def definition(database, batch_size, options="", data_options="", tops='top: "data" top: "label"'):
    return f"""
        name: "d" type: "Data" {tops} {options}
        data_param {{
            source: "{database.as_posix()}" batch_size: {batch_size} backend: LMDB {data_options}
        }}
    """


def make_net(database, batch_size, options="", data_options="", phase="TRAIN", **net_options):
    text = f"layer {{ {definition(database, batch_size, options, data_options)} }}"
    return blobnet.Net(blobnet.parse_net(text), phase=phase, **net_options)


def batches(net, count):
    """Copies of data and label of some passes."""
    return [{name: values.copy() for name, values in net.forward().items()} for _ in range(count)]


def labels(net, count):
    return [batch["label"].tolist() for batch in batches(net, count)]


def assert_equal_batches(actual, expected):
    for one, other in zip(actual, expected, strict=True):
        for name in ("data", "label"):
            np.testing.assert_array_equal(one[name], other[name])


@pytest.mark.skipif(not FORMATS.is_dir(), reason=f"no recordings of file formats in {FORMATS}")
@pytest.mark.parametrize("name", RECORDINGS)
def test_batches_are_those_of_caffe(name, monkeypatch):
    if "encoded" in name:
        pytest.importorskip("PIL")
    monkeypatch.chdir(FORMATS)
    with np.load(FORMATS / "expected" / f"{name}.npz") as recording:
        values = dict(recording)
    net = blobnet.Net(blobnet.parse_net(str(values["prototxt"])), phase="TEST")
    for batch, data, label in zip(batches(net, 5), values["data"], values["label"], strict=True):
        np.testing.assert_array_equal(batch["data"], data)
        np.testing.assert_array_equal(batch["label"], label)


# --- batches --------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefetch", [0, 1, 4])
def test_batches_run_round(prefetch, database, images):
    net = make_net(database, 3, data_options=f"prefetch: {prefetch}")
    assert net.blobs["data"].shape == (3, 3, 5, 6)
    assert net.blobs["label"].shape == (3,)
    for indices in ([0, 1, 2], [3, 4, 5], [6, 0, 1], [2, 3, 4]):
        outputs = net.forward()
        np.testing.assert_array_equal(outputs["data"], [images[i] for i in indices])
        np.testing.assert_array_equal(outputs["label"], indices)


def test_the_label_can_be_left_out(database, images):
    run = run_layer(definition(database, 2, tops='top: "data"'))
    assert len(run.top) == 1
    np.testing.assert_array_equal(run.top[0].data, images[:2])


def test_the_net_decides_the_precision(database):
    net = make_net(database, 2, "transform_param { scale: 0.1 }", dtype=np.float64)
    assert {values.dtype for values in net.forward().values()} == {np.dtype(np.float64)}


def test_floats(tmp_path, rng):
    image = rng.normal(size=(1, 2, 3)).astype(np.float32)
    net = make_net(write_images(tmp_path / "db", [image]), 2)
    np.testing.assert_array_equal(net.forward()["data"], [image, image])


def test_a_path_is_taken_from_the_folder_in_which_the_net_was_made(database, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    net = make_net(Path("db"), 3)
    monkeypatch.chdir("/")
    assert labels(net, 2) == [[0, 1, 2], [3, 4, 5]]


def test_a_batch_of_one_may_have_any_size(tmp_path):
    images = [np.full((1, 2 + i, 3), i, np.uint8) for i in range(3)]
    net = make_net(write_images(tmp_path / "db", images), 1)
    for i in (0, 1, 2, 0):
        np.testing.assert_array_equal(net.forward()["data"], [images[i]])


def test_views_stay_valid(database):
    net = make_net(database, 2)
    view = net.forward()["label"]
    net.forward()
    assert view.tolist() == [2, 3]


def test_rand_skip_begins_somewhere_else(database):
    starts = {labels(make_net(database, 1, "", "rand_skip: 4", seed=i), 1)[0][0] for i in range(40)}
    assert starts == {0, 1, 2, 3}


def test_force_encoded_color(tmp_path):
    image_module = pytest.importorskip("PIL.Image")
    path = tmp_path / "gray.png"
    image_module.fromarray(np.array([[1, 2]], np.uint8)).save(path)
    datum = Datum(encoded=True, data=path.read_bytes())
    database = write_lmdb(tmp_path / "db", [(b"0", datum.SerializeToString())])
    assert make_net(database, 1).forward()["data"].shape == (1, 1, 1, 2)
    colored = make_net(database, 1, "", "force_encoded_color: true").forward()["data"]
    assert colored.tolist() == [[[[1, 2]]] * 3]


def test_a_layer_needs_no_gradient(database):
    text = f"layer {{ {definition(database, 2)} }} force_backward: true"
    net = blobnet.Net(blobnet.parse_net(text))
    net.forward()
    net.backward()


# --- state ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", ["", RANDOM, "transform_param { mirror: true }"])
@pytest.mark.parametrize("data_options", ["", "prefetch: 0", "prefetch: 1", "rand_skip: 5"])
@pytest.mark.parametrize("before", [0, 1, 5])
def test_a_resumed_net_reads_what_the_unbroken_one_reads(options, data_options, before, database):
    net = make_net(database, 3, options, data_options, seed=1)
    batches(net, before)
    state = json.loads(json.dumps(net.get_state()))
    expected = batches(net, 6)
    other = make_net(database, 3, options, data_options, seed=2)
    batches(other, 2)
    other.set_state(state)
    assert other.get_state() == state
    assert_equal_batches(batches(other, 6), expected)
    net.set_state(state)
    assert_equal_batches(batches(net, 6), expected)


def test_several_databases_are_read_in_turns(database, images, tmp_path):
    """As texts for several GPUs have it: `source` is repeated."""
    small = write_images(tmp_path / "small", [np.zeros((3, 5, 6), np.uint8)] * 2)
    more = f'source: "{small.as_posix()}"'
    net = make_net(database, 4, "", more, seed=1)
    assert labels(net, 3) == [[0, 0, 1, 1], [2, 0, 3, 1], [4, 0, 5, 1]]
    state = net.get_state()
    other = make_net(database, 4, "", more, seed=1)
    other.set_state(state)
    assert labels(other, 1) == labels(net, 1) == [[6, 0, 0, 1]]


def test_records_of_other_databases_have_the_same_shape(database, tmp_path):
    small = write_images(tmp_path / "small", [np.zeros((3, 5, 7), np.uint8)] * 2)
    with pytest.raises(LayerError, match=r"of different shape.*\n.*\n.*\(3, 5, 7\)"):
        make_net(database, 2, "", f'source: "{small.as_posix()}"').forward()


def test_every_database_must_be_there(database, tmp_path):
    with pytest.raises(DataError, match="nowhere"):
        make_net(database, 2, "", f'source: "{(tmp_path / "nowhere").as_posix()}"')


def test_reading_ahead_does_not_show_in_the_state(database):
    ahead = make_net(database, 2, RANDOM, "prefetch: 4", seed=1)
    on_demand = make_net(database, 2, RANDOM, "prefetch: 0", seed=1)
    for _ in range(6):
        assert_equal_batches(batches(ahead, 1), batches(on_demand, 1))
        assert ahead.get_state() == on_demand.get_state()


def test_a_state_that_was_handed_out_does_not_change(database):
    net = make_net(database, 2, RANDOM)
    net.forward()
    state = net.get_state()
    before = json.dumps(state)
    batches(net, 3)
    assert json.dumps(state) == before
    net.set_state(state)
    state["d"]["source"]["key"] = "changed"
    assert labels(net, 1) == [[2, 3]]


@pytest.mark.parametrize("state", [{}, {"rng": {}}, {"rng": 3, "source": 4}])
def test_a_state_of_another_layer_is_refused(state, database):
    net = make_net(database, 2)
    with pytest.raises(LayerError, match=r'Data layer "d": the state to go on from is none'):
        net.set_state({"d": state})
    assert labels(net, 1) == [[0, 1]]


def test_the_same_seed_gives_the_same_batches(database):
    nets = [make_net(database, 3, RANDOM, seed=seed) for seed in (1, 1, 2)]
    one, same, other = (batches(net, 5) for net in nets)
    assert_equal_batches(one, same)
    assert not all(np.array_equal(a["data"], b["data"]) for a, b in zip(one, other, strict=True))


# --- LevelDB --------------------------------------------------------------------------------------


def leveldb_net(folder, options="", **net_options):
    text = f"""
        layer {{
            name: "d" type: "Data" top: "data" top: "label"
            data_param {{ source: "{folder.as_posix()}" batch_size: 3 {options} }}
        }}
    """
    return blobnet.Net(blobnet.parse_net(text), **net_options)


@pytest.fixture
def leveldb(images, tmp_path):
    return leveldb_files.write_images(tmp_path / "leveldb", images)


@pytest.mark.parametrize("backend", ["", "backend: LEVELDB"])
def test_leveldb_is_the_backend_where_none_is_stated(backend, leveldb, images):
    net = leveldb_net(leveldb, backend)
    for indices in ([0, 1, 2], [3, 4, 5], [6, 0, 1], [2, 3, 4]):
        outputs = net.forward()
        np.testing.assert_array_equal(outputs["data"], [images[i] for i in indices])
        np.testing.assert_array_equal(outputs["label"], indices)


def test_both_backends_give_the_same_batches(leveldb, database):
    one, other = leveldb_net(leveldb, seed=3), make_net(database, 3, seed=3)
    assert_equal_batches(batches(one, 5), batches(other, 5))


def test_a_leveldb_is_resumed_where_it_was(leveldb):
    net = leveldb_net(leveldb)
    batches(net, 4)
    state = json.loads(json.dumps(net.get_state()))
    expected = labels(net, 4)
    other = leveldb_net(leveldb)
    other.set_state(state)
    assert labels(other, 4) == expected


# --- shuffle --------------------------------------------------------------------------------------


def test_shuffled_every_round_has_all_records_in_an_order_of_its_own(database, images):
    net = make_net(database, 7, data_options="shuffle: true", seed=1)
    rounds = []
    for _ in range(3):
        outputs = net.forward()
        order = outputs["label"].astype(int).tolist()
        np.testing.assert_array_equal(outputs["data"], [images[i] for i in order])
        rounds.append(order)
    assert all(sorted(order) == list(range(7)) for order in rounds)
    assert len({tuple(order) for order in [*rounds, range(7)]}) == 4


def test_shuffled_both_backends_come_in_the_same_order(leveldb, database):
    one = leveldb_net(leveldb, "shuffle: true", seed=3)
    other = make_net(database, 3, data_options="shuffle: true", seed=3)
    assert_equal_batches(batches(one, 9), batches(other, 9))


def test_shuffled_the_seed_decides_the_order(database):
    orders = [
        labels(make_net(database, 7, data_options="shuffle: true", seed=seed), 2)
        for seed in (1, 1, 2)
    ]
    assert orders[0] == orders[1] != orders[2]


def test_shuffled_out_of_a_pool(database):
    net = make_net(database, 2, data_options="shuffle_pool_size: 2", seed=1)
    order = labels(net, 30)
    assert order[:2] == [[0, 1], [2, 3]]
    assert any(batch != sorted(batch) for batch in order[2:])
    assert {label for batch in order for label in batch} == set(range(7))


@pytest.mark.parametrize("prefetch", [0, 4])
@pytest.mark.parametrize("before", [0, 1, 2, 3, 7])
@pytest.mark.parametrize("pool", [1, 2])
def test_shuffled_a_resumed_net_reads_what_the_unbroken_one_reads(before, prefetch, pool, database):
    options = f"shuffle: true shuffle_pool_size: {pool} prefetch: {prefetch} rand_skip: 20"
    net = make_net(database, 3, RANDOM, options, seed=1)
    batches(net, before)
    state = json.loads(json.dumps(net.get_state()))
    expected = batches(net, 8)
    other = make_net(database, 3, RANDOM, options, seed=2)
    batches(other, 2)
    other.set_state(state)
    assert other.get_state() == state
    assert_equal_batches(batches(other, 8), expected)


@pytest.mark.parametrize(("before", "after"), [("", "shuffle: true"), ("shuffle: true", "")])
def test_shuffled_and_not_do_not_go_on_from_each_other(before, after, database):
    state = make_net(database, 2, data_options=before).get_state()
    net = make_net(database, 2, data_options=after)
    with pytest.raises(LayerError, match='"d": the state to go on from is none of this layer'):
        net.set_state(state)


# --- the thread -----------------------------------------------------------------------------------


def threads():
    return {thread for thread in threading.enumerate() if thread.name == "blobnet-prefetch"}


def test_the_thread_starts_with_the_first_forward_and_ends_with_the_net(database):
    before = threads()
    net = make_net(database, 2)
    net.get_state()
    assert not threads() - before
    net.forward()
    (thread,) = threads() - before
    gone = weakref.ref(net)
    del net
    gc.collect()
    assert gone() is None
    thread.join(30)
    assert not thread.is_alive()


def test_a_layer_can_be_closed_and_goes_on_afterwards(database):
    net = make_net(database, 2)
    before = threads()
    net.forward()
    net.layers[0].close()
    assert not threads() - before
    assert labels(net, 1) == [[2, 3]]


# --- errors ---------------------------------------------------------------------------------------


def make_of_backend(folder, backend=""):
    source = f'source: "{folder.as_posix()}" batch_size: 2 {backend}'
    return run_layer(f'name: "d" type: "Data" data_param {{ {source} }}')


def test_a_database_of_the_other_backend_is_refused_with_the_way_out(database, images, tmp_path):
    with pytest.raises(DataError, match=r'(?s)"d": .*: no LevelDB.*an LMDB.*write `backend: LMDB`'):
        make_of_backend(database)
    folder = leveldb_files.write_images(tmp_path / "other", images)
    with pytest.raises(DataError, match=r'(?s)"d": .*: no LMDB.*a LevelDB.*`backend: LEVELDB`'):
        make_of_backend(folder, "backend: LMDB")
    with pytest.raises(DataError, match=r'"d": .*nothing: no LevelDB'):
        make_of_backend(tmp_path / "nothing", "backend: LEVELDB")


def test_parameters_that_make_no_sense(database):
    with pytest.raises(LayerError, match="batch_size must be at least 1"):
        make_net(database, 0)
    with pytest.raises(LayerError, match='"d": no database is named'):
        run_layer('name: "d" type: "Data" data_param { batch_size: 1 backend: LMDB }')
    with pytest.raises(LayerError, match="produces at most 2 top"):
        run_layer(definition(database, 1), num_top=3)


def test_a_batch_that_no_memory_holds_is_refused_before_a_record_is_read(database):
    with pytest.raises(DataError, match=r'(?s)^Data layer "d": not enough memory.*4294967295'):
        make_net(database, 2**32 - 1)


def test_any_number_of_records_is_skipped_at_once(database):
    net = make_net(database, 1, data_options="rand_skip: 4294967295")
    assert net.forward()["data"].shape[0] == 1


def test_a_missing_database(tmp_path):
    with pytest.raises(DataError, match=r'^Data layer "d": .*mnist_test_lmdb: no LMDB'):
        make_net(tmp_path / "mnist_test_lmdb", 1)


def test_an_empty_database(tmp_path):
    with pytest.raises(DataError, match=r'^Data layer "d": .*database is empty'):
        make_net(write_lmdb(tmp_path / "db", []), 1)


@pytest.mark.parametrize("prefetch", [0, 3])
@pytest.mark.parametrize(
    ("garbage", "message"),
    [
        (b"\xff\xff\xff", "not a Datum"),
        (b"", "do not fit the shape"),
        (Datum(channels=1, height=2, width=2, data=b"x").SerializeToString(), "do not fit"),
        (Datum(encoded=True, data=b"no image").SerializeToString(), "cannot be decoded"),
    ],
)
def test_a_garbage_record_is_named_when_its_turn_comes(garbage, message, prefetch, tmp_path):
    good = make_datum(np.zeros((1, 2, 2), np.uint8), 4).SerializeToString()
    records = [(b"%d" % i, good) for i in range(4)] + [(b"bad", garbage)]
    net = make_net(write_lmdb(tmp_path / "db", records), 2, "", f"prefetch: {prefetch}")
    assert labels(net, 2) == [[4, 4], [4, 4]]
    for _ in range(2):
        with pytest.raises(DataError, match=rf'^Data layer "d": .*db, record "bad": .*{message}'):
            net.forward()


def test_records_of_different_shape_in_a_batch(tmp_path):
    images = [np.zeros((1, 2, 2 + i // 3), np.uint8) for i in range(4)]
    net = make_net(write_images(tmp_path / "db", images), 2)
    net.forward()
    with pytest.raises(
        LayerError,
        match=r'(?s)^Data layer "d": .*different shape in one batch.*\(1, 2, 2\).*"00000002_2.png"'
        r'.*\(1, 2, 3\) of record "00000003_3.png"',
    ):
        net.forward()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ("crop_size: 7", LayerError, "smaller than the crop"),
        ('mean_file: "nothing"', DataError, "mean_file nothing: cannot be read"),
        ('mean_file: "x" mean_value: 1', LayerError, "Cannot specify mean_file and mean_value"),
        ("mean_value: 1 mean_value: 2", LayerError, "as many as channels"),
        ("force_color: true force_gray: true", LayerError, "cannot set both"),
    ],
)
def test_transformations_that_make_no_sense(options, error, message, database):
    with pytest.raises(error, match=f'^Data layer "d": .*{message}'):
        make_net(database, 1, f"transform_param {{ {options} }}")


def test_settings_in_their_old_place_are_said_to_have_no_effect(database, images, caplog):
    with caplog.at_level(logging.WARNING, "blobnet"):
        old = 'scale: 2 mirror: true crop_size: 2 mean_file: "x"'
        net = make_net(database, 2, data_options=old)
    np.testing.assert_array_equal(net.forward()["data"], images[:2])
    for name in ("scale", "mirror", "crop_size", "mean_file"):
        assert f'Data layer "d": `{name}` has no effect' in caplog.text
