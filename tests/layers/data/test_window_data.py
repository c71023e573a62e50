import json
import logging

import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError
from blobnet.testing import run_layer

pytest.importorskip("PIL")

from tests.sources.image_files import write_png

CROP = "transform_param { crop_size: 4 }"


@pytest.fixture
def images(rng):
    return rng.integers(256, size=(2, 3, 8, 9), dtype=np.uint8)


@pytest.fixture
def source(images, tmp_path):
    """Two images with a foreground and a background window each."""
    text = ""
    for i, image in enumerate(images):
        write_png(tmp_path / "images" / f"{i}.png", image)
        text += f"# {i}\n{i}.png\n3\n8\n9\n2\n{i + 5} 1 {i} 0 {i + 3} 3\n0 0.1 5 4 8 7\n"
    path = tmp_path / "windows.txt"
    path.write_text(text)
    return path


def make_net(source, batch_size=4, window_options="", options=CROP, phase="TRAIN", **net_options):
    text = f"""layer {{
        name: "d" type: "WindowData" top: "data" top: "label" {options}
        window_data_param {{
            source: "{source.as_posix()}" root_folder: "{source.parent.as_posix()}/images/"
            batch_size: {batch_size} {window_options}
        }}
    }}"""
    return blobnet.Net(blobnet.parse_net(text), phase=phase, **net_options)


def batches(net, count):
    """Copies of data and label of some passes."""
    return [{name: values.copy() for name, values in net.forward().items()} for _ in range(count)]


def assert_equal_batches(actual, expected):
    for one, other in zip(actual, expected, strict=True):
        for name in ("data", "label"):
            np.testing.assert_array_equal(one[name], other[name])


@pytest.mark.parametrize(
    "options", ["", "data_param { prefetch: 0 }", "data_param { prefetch: 1 }"]
)
@pytest.mark.parametrize("cached", ["", "cache_images: true"])
def test_a_quarter_of_the_windows_is_foreground(options, cached, source, images):
    net = make_net(source, 4, cached, f"{CROP} {options}")
    assert net.blobs["data"].shape == (4, 3, 4, 4)
    assert net.blobs["label"].shape == (4,)
    for batch in batches(net, 5):
        assert batch["label"][:3].tolist() == [0, 0, 0]
        number = int(batch["label"][3]) - 5
        np.testing.assert_array_equal(batch["data"][3], images[number][:, 0:4, number : number + 4])
        for values in batch["data"][:3]:
            assert any(np.array_equal(values, image[:, 4:8, 5:9]) for image in images)


@pytest.mark.parametrize(
    ("batch_size", "fraction", "foreground"),
    [(1, 0.25, 0), (7, 0.25, 1), (10, 0.3, 3), (3, 1, 3), (5, 0, 0), (100, 0.29, 29)],
)
def test_the_number_of_foreground_windows_is_rounded_down(batch_size, fraction, foreground, source):
    label = make_net(source, batch_size, f"fg_fraction: {fraction}").forward()["label"]
    assert (label > 0).tolist() == [False] * (batch_size - foreground) + [True] * foreground


def test_transformations_and_thresholds_are_those_of_the_parameters(source, images):
    options = "transform_param { crop_size: 2 mean_value: 10 scale: 3 }"
    window_options = "fg_fraction: 1 fg_threshold: 0.05 scale: 0.5"
    with pytest.raises(DataError, match=r"line 8: not a window file\n.*a class above 0"):
        make_net(source, 2, window_options, options)
    source.write_text(source.read_text().replace("0 0.1", "9 0.1"))
    net = make_net(source, 50, window_options, options, dtype=np.float64)
    batch = net.forward()
    assert set(batch["label"]) == {5, 6, 9}
    expected = (images[0, :, 0:4, 0:4].reshape(3, 2, 2, 2, 2).sum(axis=(2, 4), dtype=int) + 2) // 4
    actual = batch["data"][batch["label"].tolist().index(5)]
    np.testing.assert_array_equal(actual, (expected - 10.0) * 1.5)


def test_context_pad_and_crop_mode_take_in_the_surroundings(source, images):
    data = make_net(source, 1, 'fg_fraction: 1 crop_mode: "square"').forward()["data"]
    assert data.shape == (1, 3, 4, 4)
    padded = make_net(source, 60, "fg_fraction: 1 context_pad: 1").forward()
    at_the_corner = padded["data"][padded["label"] == 5]
    assert not at_the_corner[:, :, :, 0].any()
    assert not at_the_corner[:, :, 0, :].any()
    assert at_the_corner[:, :, 1:, 1:].any()


@pytest.mark.parametrize("window_options", ["", "cache_images: true", "context_pad: 1"])
@pytest.mark.parametrize("before", [0, 1, 5])
def test_a_resumed_net_reads_what_the_unbroken_one_reads(window_options, before, source):
    options = "transform_param { crop_size: 4 mirror: true }"
    net = make_net(source, 5, window_options, options, seed=1)
    batches(net, before)
    state = json.loads(json.dumps(net.get_state()))
    expected = batches(net, 6)
    other = make_net(source, 5, window_options, options, seed=2)
    batches(other, 2)
    other.set_state(state)
    assert other.get_state() == state
    assert_equal_batches(batches(other, 6), expected)


def test_the_same_seed_gives_the_same_batches(source):
    one, same, other = (batches(make_net(source, 8, seed=seed), 5) for seed in (1, 1, 2))
    assert_equal_batches(one, same)
    assert not all(np.array_equal(a["data"], b["data"]) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("window_options", "options", "message"),
    [
        ("fg_fraction: 1.5", CROP, "fg_fraction must be from 0 to 1"),
        ("fg_fraction: -1", CROP, "fg_fraction must be from 0 to 1"),
        ('crop_mode: "x"', CROP, "unknown crop_mode"),
        ("context_pad: 2", CROP, "context_pad leaves no room"),
        ("", "", "crop_size must be greater than 0"),
    ],
)
def test_parameters_that_make_no_sense(window_options, options, message, source):
    with pytest.raises(LayerError, match=f'^WindowData layer "d": {message}'):
        make_net(source, 4, window_options, options)


def test_what_must_be_stated(source):
    with pytest.raises(LayerError, match='"d": batch_size must be at least 1'):
        make_net(source, 0)
    with pytest.raises(LayerError, match='"d": no window file is named'):
        run_layer('name: "d" type: "WindowData" window_data_param { batch_size: 1 }')
    with pytest.raises(LayerError, match="produces 2 top"):
        run_layer('name: "d" type: "WindowData" top: "x"')


def test_settings_in_their_old_place_are_said_to_have_no_effect(source, caplog):
    with caplog.at_level(logging.WARNING, "blobnet"):
        make_net(source, 1, 'mirror: true crop_size: 2 mean_file: "x" scale: 2')
    for name in ("mirror", "crop_size", "mean_file"):
        assert f'WindowData layer "d": `{name}` has no effect' in caplog.text
    assert "scale" not in caplog.text


def test_errors_name_the_layer(source, tmp_path):
    with pytest.raises(DataError, match=r'^WindowData layer "d": Failed to open window file .*no'):
        make_net(tmp_path / "no.txt")
    (tmp_path / "images" / "0.png").unlink()
    with pytest.raises(DataError, match=r'^WindowData layer "d": .*Could not open .*0.png'):
        make_net(source, 4, "cache_images: true")
    net = make_net(source, 40)
    for _ in range(2):
        with pytest.raises(DataError, match=r'^WindowData layer "d": .*Could not open .*0.png'):
            net.forward()


def test_a_batch_that_no_memory_holds_is_refused(source):
    with pytest.raises(DataError, match=r'(?s)^WindowData layer "d": not enough memory.*429496729'):
        make_net(source, 2**32 - 1)
    with pytest.raises(DataError, match=r'(?s)^WindowData layer "d": not enough memory'):
        make_net(source, 1, "", "transform_param { crop_size: 4294967295 }")
