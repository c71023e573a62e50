import io
import json
import logging
from pathlib import Path

import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError
from blobnet.testing import run_layer

Image = pytest.importorskip("PIL.Image")

from blobnet.ops.images.interpolation import resize  # noqa: E402
from blobnet.ops.images.resize import resize_linear  # noqa: E402
from tests.sources.image_files import write_list, write_png  # noqa: E402

FORMATS = Path(__file__).parents[2] / "reference" / "formats"
RANDOM = "transform_param { crop_size: 3 mirror: true }"


@pytest.fixture
def images(rng):
    return list(rng.integers(256, size=(7, 3, 5, 6), dtype=np.uint8))


@pytest.fixture
def source(images, tmp_path):
    """A list of seven images; the labels are their numbers times 10."""
    paths = [write_png(tmp_path / "my images" / f"{i} x.png", im) for i, im in enumerate(images)]
    return write_list(tmp_path / "list.txt", [f"{path} {i * 10}" for i, path in enumerate(paths)])


def definition(source, batch_size, image_options="", options=""):
    return f"""
        name: "d" type: "ImageData" top: "data" top: "label" {options}
        image_data_param {{
            source: "{source.as_posix()}" batch_size: {batch_size} {image_options}
        }}
    """


def make_net(source, batch_size, image_options="", options="", phase="TRAIN", **net_options):
    text = f"layer {{ {definition(source, batch_size, image_options, options)} }}"
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


@pytest.mark.parametrize("name", ["image_plain", "image_gray", "image_resize"])
def test_batches_are_those_of_caffe(name, monkeypatch):
    monkeypatch.chdir(FORMATS)
    with np.load(FORMATS / "expected" / f"{name}.npz") as recording:
        values = dict(recording)
    net = blobnet.Net(blobnet.parse_net(str(values["prototxt"])), phase="TEST")
    for batch, data, label in zip(batches(net, 5), values["data"], values["label"], strict=True):
        np.testing.assert_array_equal(batch["data"], data)
        np.testing.assert_array_equal(batch["label"], label)


# --- batches --------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefetch", [0, 1, 4])
def test_batches_run_round(prefetch, source, images):
    net = make_net(source, 3, "", f"data_param {{ prefetch: {prefetch} }}")
    assert net.blobs["data"].shape == (3, 3, 5, 6)
    assert net.blobs["label"].shape == (3,)
    for indices in ([0, 1, 2], [3, 4, 5], [6, 0, 1], [2, 3, 4]):
        outputs = net.forward()
        np.testing.assert_array_equal(outputs["data"], [images[i] for i in indices])
        np.testing.assert_array_equal(outputs["label"], [i * 10 for i in indices])


def test_images_are_resized_before_they_are_transformed(source, images):
    options = "transform_param { crop_size: 4 mean_value: 10 scale: 0.5 }"
    net = make_net(source, 2, "new_height: 6 new_width: 8", options, "TEST", dtype=np.float64)
    expected = [resize_linear(image, 6, 8)[:, 1:5, 2:6] for image in images[:2]]
    np.testing.assert_array_equal(net.forward()["data"], (np.array(expected, float) - 10) * 0.5)


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ("min_height: 4 min_width: 3", (5, 6)),  # large enough
        ("min_height: 10 min_width: 7", (10, 12)),  # 5 rows are lacking, 1 column
        ("min_height: 6 min_width: 9", (8, 9)),  # 7.5 rows, rounded up
        ("min_height: 7 min_width: 8", (7, 8)),  # 2 of both: the height decides, 8.4 columns
        ("min_height: 10 min_width: 7 new_height: 3 new_width: 4", (3, 4)),
        ("short_side: 3", (3, 3)),  # 3.6 columns, rounded down
        ("short_side: 11 new_height: 3 new_width: 4", (11, 13)),
        ("new_dim: 3", (3, 4)),  # 3.6 columns, to the nearest
    ],
)
def test_forks_have_sizes_in_proportion(options, size, source, images):
    net = make_net(source, 7, options)
    expected = [resize_linear(image, *size) for image in images]
    np.testing.assert_array_equal(net.forward()["data"], expected)


def test_of_an_upright_image_the_short_side_is_its_width(tmp_path, rng):
    path = write_png(tmp_path / "a.png", rng.integers(256, size=(3, 9, 4), dtype=np.uint8))
    net = make_net(write_list(tmp_path / "list.txt", [f"{path} 0"]), 1, "short_side: 7")
    assert net.forward()["data"].shape == (1, 3, 15, 7)


def test_the_shorter_side_may_be_made_of_four_pixels_each_way(source, images):
    net = make_net(source, 7, "new_dim: 8 bicubic: true")
    expected = [resize(image, 8, 10, "cubic") for image in images]
    np.testing.assert_array_equal(net.forward()["data"], expected)


@pytest.mark.parametrize(
    "options", ["new_dim: 3 new_height: 3 new_width: 4", "new_dim: 3 short_side: 3"]
)
def test_two_ways_to_say_a_size(options, source):
    with pytest.raises(LayerError, match="Both new_dim and"):
        make_net(source, 7, options)
    with pytest.raises(LayerError, match="bicubic goes with new_dim"):
        make_net(source, 7, "bicubic: true")


def test_a_list_may_have_no_labels(images, tmp_path):
    paths = [write_png(tmp_path / f"{i}.png", image) for i, image in enumerate(images)]
    source = write_list(tmp_path / "list.txt", [f"{paths[0]} {paths[1]}", str(paths[2])])
    (batch,) = batches(make_net(source, 3, "use_label: false"), 1)
    np.testing.assert_array_equal(batch["data"], images[:3])
    np.testing.assert_array_equal(batch["label"], [0, 0, 0])
    with pytest.raises(LayerError, match="use_label: false lists no labels"):
        make_net(source, 3, "use_label: false label_count: 2")
    with pytest.raises(DataError, match="names of images"):
        make_net(write_list(tmp_path / "list.txt", [" "]), 3, "use_label: false")


def test_a_single_top_of_a_list_without_labels(images, tmp_path):
    paths = [write_png(tmp_path / f"{i}.png", image) for i, image in enumerate(images)]
    source = write_list(tmp_path / "list.txt", [str(path) for path in paths[:3]])
    text = f"layer {{ {definition(source, 2, 'label: false', '')} }}"
    net = blobnet.parse_net(text)
    with pytest.raises(LayerError, match="produces at most 1 top blob"):
        blobnet.Net(net, "TRAIN")
    del net.layer[0].top[1:]
    found = batches(blobnet.Net(net, "TRAIN"), 2)
    for batch, expected in zip(found, ([0, 1], [2, 0]), strict=True):
        assert list(batch) == ["data"]
        np.testing.assert_array_equal(batch["data"], [images[k] for k in expected])
    net.layer[0].image_data_param.ClearField("label")
    with pytest.raises(LayerError, match="produces at least 2 top blob"):
        blobnet.Net(net, "TRAIN")


def test_half_a_least_size_is_refused(source):
    with pytest.raises(LayerError, match="min_height and min_width to be set at the same time"):
        make_net(source, 1, "min_height: 3")


def test_red_first_on_demand(source, images):
    options = "transform_param { bgr2rgb: true mean_value: 1 mean_value: 2 mean_value: 3 }"
    net = make_net(source, 7, options=options)
    expected = np.array(images, "f4")[:, ::-1] - np.array([1, 2, 3], "f4").reshape(3, 1, 1)
    np.testing.assert_array_equal(net.forward()["data"], expected)


def test_gray_on_demand(source, images):
    data = make_net(source, 2, "is_color: false").forward()["data"]
    assert data.shape == (2, 1, 5, 6)
    blue, green, red = images[0].astype(float)
    np.testing.assert_allclose(data[0, 0], 0.114 * blue + 0.587 * green + 0.299 * red, atol=1.1)


def test_colours_are_forced(tmp_path):
    Image.fromarray(np.array([[1, 2]], np.uint8)).save(tmp_path / "gray.png")
    source = write_list(tmp_path / "list.txt", [f"{tmp_path}/gray.png 5"])
    assert make_net(source, 1).forward()["data"].tolist() == [[[[1, 2]]] * 3]


def test_the_net_decides_the_precision(source):
    net = make_net(source, 2, "", "transform_param { scale: 0.1 }", dtype=np.float64)
    assert {values.dtype for values in net.forward().values()} == {np.dtype(np.float64)}


def test_several_labels(source, tmp_path):
    image = next((tmp_path / "my images").iterdir())
    source = write_list(tmp_path / "many.txt", [f"{image} 1 0.5 -3", f"{image} 4 5e-1 6"])
    net = make_net(source, 3, "label_count: 3")
    assert net.blobs["label"].shape == (3, 3)
    assert net.forward()["label"].tolist() == [[1, 0.5, -3], [4, 0.5, 6], [1, 0.5, -3]]
    assert make_net(source, 1, "label_dim: 3").forward()["label"].tolist() == [[1, 0.5, -3]]
    source = write_list(tmp_path / "one.txt", [f"{image} 0.5"])
    assert make_net(source, 1, "label_count: 1").forward()["label"].tolist() == [[0.5]]


def test_paths_are_taken_from_the_folder_in_which_the_net_was_made(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_list(tmp_path / "short.txt", ["1 x.png 10", "2 x.png 20"])
    net = make_net(Path("short.txt"), 1, 'root_folder: "my images/"')
    monkeypatch.chdir("/")
    assert labels(net, 2) == [[10], [20]]


def test_a_batch_of_one_may_have_any_size(tmp_path):
    paths = [write_png(tmp_path / f"{i}.png", np.full((3, 2 + i, 4), i, "u1")) for i in range(3)]
    net = make_net(write_list(tmp_path / "list.txt", [f"{path} 0" for path in paths]), 1)
    for i in (0, 1, 2, 0):
        assert net.forward()["data"].shape == (1, 3, 2 + i, 4)


def test_shuffle_gives_every_image_once_a_round_with_its_label(source, images):
    net = make_net(source, 7, "shuffle: true", seed=3)
    orders = labels(net, 10)
    assert all(sorted(order) == [i * 10 for i in range(7)] for order in orders)
    assert len({tuple(order) for order in orders}) > 8
    (batch,) = batches(net, 1)
    for values, label in zip(batch["data"], batch["label"], strict=True):
        np.testing.assert_array_equal(values, images[int(label) // 10])


def test_rand_skip_begins_somewhere_else(source):
    starts = {labels(make_net(source, 1, "rand_skip: 4", seed=i), 1)[0][0] for i in range(40)}
    assert starts == {0, 10, 20, 30}


def test_a_layer_needs_no_gradient(source):
    text = f"layer {{ {definition(source, 2)} }} force_backward: true"
    net = blobnet.Net(blobnet.parse_net(text))
    net.forward()
    net.backward()


# --- state ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", ["", RANDOM])
@pytest.mark.parametrize("image_options", ["", "shuffle: true", "shuffle: true rand_skip: 5"])
@pytest.mark.parametrize("before", [0, 1, 5])
def test_a_resumed_net_reads_what_the_unbroken_one_reads(options, image_options, before, source):
    net = make_net(source, 3, image_options, options, seed=1)
    batches(net, before)
    state = json.loads(json.dumps(net.get_state()))
    expected = batches(net, 6)
    other = make_net(source, 3, image_options, options, seed=2)
    batches(other, 2)
    other.set_state(state)
    assert other.get_state() == state
    assert_equal_batches(batches(other, 6), expected)


def test_the_same_seed_gives_the_same_batches(source):
    nets = [make_net(source, 3, "shuffle: true", RANDOM, seed=seed) for seed in (1, 1, 2)]
    one, same, other = (batches(net, 5) for net in nets)
    assert_equal_batches(one, same)
    assert not all(np.array_equal(a["data"], b["data"]) for a, b in zip(one, other, strict=True))


def test_a_state_of_another_layer_or_list_is_refused(source, tmp_path):
    net = make_net(source, 2)
    with pytest.raises(LayerError, match=r'ImageData layer "d": the state to go on from is none'):
        net.set_state({"d": {"rng": {}}})
    write_list(source, source.read_text().splitlines()[::-1])
    with pytest.raises(DataError, match=r'^ImageData layer "d": .*the list has changed'):
        make_net(source, 2).set_state(net.get_state())
    assert labels(net, 1) == [[0, 10]]


# --- errors ---------------------------------------------------------------------------------------


def test_parameters_that_make_no_sense(source):
    with pytest.raises(LayerError, match='"d": Positive batch size required'):
        make_net(source, 0)
    with pytest.raises(LayerError, match='"d": no list of images is named'):
        run_layer('name: "d" type: "ImageData" image_data_param { batch_size: 1 }', num_top=2)
    with pytest.raises(LayerError, match="produces at least 2 top"):
        run_layer(definition(source, 1), num_top=1)
    for size in ("new_height: 4", "new_width: 4"):
        with pytest.raises(LayerError, match="new_height and new_width to be set at the same time"):
            make_net(source, 1, size)
    with pytest.raises(LayerError, match=r"(?s)Not enough points to skip.*at most 7"):
        make_net(source, 1, "rand_skip: 1000000")


def test_what_no_memory_holds_is_refused_before_an_image_is_read(source):
    with pytest.raises(DataError, match=r'(?s)^ImageData layer "d": not enough memory.*4294967295'):
        make_net(source, 2**32 - 1)
    with pytest.raises(
        DataError, match=r'(?s)^ImageData layer "d": .*100000 x 100000 pixels.*asks'
    ):
        make_net(source, 1, "new_height: 100000 new_width: 100000")


def test_in_a_folder_that_is_gone_a_list_cannot_be_begun(source, tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(DataError, match=r'(?s)^ImageData layer "d": .*does not exist any more'):
        make_net(source, 1)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ("crop_size: 7", LayerError, r"list.txt, record \"line 1: .*0 x.png\": .*smaller than"),
        ('mean_file: "nothing"', DataError, "mean_file nothing: cannot be read"),
        ('mean_file: "x" mean_value: 1', LayerError, "Cannot specify mean_file and mean_value"),
        ("mean_value: 1 mean_value: 2", LayerError, "as many as channels"),
    ],
)
def test_transformations_that_make_no_sense(options, error, message, source):
    with pytest.raises(error, match=f'^ImageData layer "d": .*{message}'):
        make_net(source, 1, "", f"transform_param {{ {options} }}")


def test_settings_in_their_old_place_are_said_to_have_no_effect(source, images, caplog):
    with caplog.at_level(logging.WARNING, "blobnet"):
        net = make_net(source, 1, 'scale: 2 mirror: true crop_size: 2 mean_file: "x"')
    np.testing.assert_array_equal(net.forward()["data"], images[:1])
    for name in ("scale", "mirror", "crop_size", "mean_file"):
        assert f'ImageData layer "d": `{name}` has no effect' in caplog.text


def test_settings_in_their_old_place_are_upgraded_in_an_old_net(source, images):
    text = definition(source, 1, "scale: 2 crop_size: 3").replace('"ImageData"', "IMAGE_DATA")
    param = blobnet.parse_net(f"layers {{ {text} }}")
    data = blobnet.Net(param, phase="TEST").forward()["data"]
    np.testing.assert_array_equal(data, 2.0 * images[0][None, :, 1:4, 1:4])


def test_a_missing_list(tmp_path):
    with pytest.raises(DataError, match=r'^ImageData layer "d": the list of images .*no.txt'):
        make_net(tmp_path / "no.txt", 1)


def test_an_empty_list(tmp_path):
    with pytest.raises(DataError, match=r'^ImageData layer "d": .*list.txt: File is empty'):
        make_net(write_list(tmp_path / "list.txt", []), 1)


def test_a_bad_label(source):
    source.write_text(source.read_text().replace(" 20\n", " 20.5\n"))
    with pytest.raises(DataError, match=r'^ImageData layer "d": .*list.txt, line 3: not an image'):
        make_net(source, 1)


@pytest.mark.parametrize("prefetch", [0, 3])
@pytest.mark.parametrize(
    ("garbage", "message"),
    [
        (None, r"list.txt, line 4: Could not load .*3 x.png"),
        (b"", r'list.txt, record "line 4: .*3 x.png": the image cannot be decoded'),
        (b"no image", r'list.txt, record "line 4: .*3 x.png": the image cannot be decoded'),
        ("half", r'list.txt, record "line 4: .*3 x.png": the image cannot be decoded'),
    ],
)
def test_a_bad_image_is_named_when_its_turn_comes(garbage, message, prefetch, source, tmp_path):
    path = tmp_path / "my images" / "3 x.png"
    if garbage == "half":
        file = io.BytesIO()
        Image.fromarray(np.arange(3000, dtype=np.uint32).astype("u1").reshape(50, 60)).save(
            file, "PNG"
        )
        garbage = file.getvalue()[:100]
    path.unlink()
    if garbage is not None:
        path.write_bytes(garbage)
    net = make_net(source, 2, "", f"data_param {{ prefetch: {prefetch} }}")
    assert labels(net, 1) == [[0, 10]]
    for _ in range(2):
        with pytest.raises(DataError, match=f'^ImageData layer "d": .*{message}'):
            net.forward()


def test_images_of_different_shape_in_a_batch(source, tmp_path):
    write_png(tmp_path / "my images" / "2 x.png", np.zeros((3, 5, 7), np.uint8))
    with pytest.raises(
        LayerError,
        match=r'(?s)^ImageData layer "d": .*list.txt: records of different shape.*\(3, 5, 6\).*'
        r'"line 1: .*0 x.png".*\(3, 5, 7\) of record "line 3: .*2 x.png".*new_height and new_width',
    ):
        make_net(source, 3).forward()
    assert make_net(source, 3, "new_height: 4 new_width: 4").forward()["data"].shape == (3, 3, 4, 4)


def test_pairs_stay_together_when_they_are_shuffled(source):
    found = labels(make_net(source, 2, "shuffle: true pair_size: 2", seed=3), 6)
    plain = [pair for pair in np.reshape(labels(make_net(source, 2), 3), (3, 2)).tolist()]
    assert all(pair in plain for pair in np.reshape(found, (6, 2)).tolist())


@pytest.mark.parametrize("size", [0, 99])
def test_more_than_the_list_cannot_be_shuffled_together(size, source):
    with pytest.raises(LayerError, match="cannot be shuffled together"):
        make_net(source, 2, f"shuffle: true pair_size: {size}")
