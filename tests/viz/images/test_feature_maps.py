from __future__ import annotations

import numpy as np
import pytest

import blobnet
from blobnet.ops.images.resize import resize_linear
from blobnet.serialization.blob_proto import blob_to_proto
from blobnet.shapes import by_axes
from blobnet.viz.images import feature_maps, save_feature_maps, show_image
from blobnet.viz.images.feature_maps import answers, drawable_blobs, feature_map_panels

NET = """
    name: "small"
    layer { name: "data" type: "Input" top: "data"
      input_param { shape { dim: 5 dim: CHANNELS dim: 6 dim: 8 } } }
    layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
      convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } } }
    layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
    layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "ip"
      inner_product_param { num_output: 7 weight_filler { type: "xavier" } } }
    layer { name: "prob" type: "Softmax" bottom: "ip" top: "prob" }
    layer { name: "sum" type: "Reduction" bottom: "ip" top: "sum" reduction_param { axis: 1 } }
"""


def make_net(channels=3, text=NET):
    text = text.replace("CHANNELS", str(channels))
    return blobnet.Net(blobnet.parse_net(text), phase="TEST", seed=1)


@pytest.fixture
def picture(tmp_path, rng):
    """A function that writes a picture; returns its path and its pixels, blue first."""
    image = pytest.importorskip("PIL.Image")

    def write(height=6, width=8):
        pixels = rng.integers(256, size=(3, height, width), dtype=np.uint8)
        path = tmp_path / "picture.png"
        image.fromarray(pixels[::-1].transpose(1, 2, 0)).save(path)
        return path, pixels

    return write


# --- the image goes in ----------------------------------------------------------------------------


def test_an_image_of_the_inputs_size_goes_in_as_it_is(picture):
    path, pixels = picture()
    net = make_net()
    show_image(net, path)
    np.testing.assert_array_equal(net.blobs["data"].data, pixels[None])
    assert net.blobs["prob"].data.shape == (1, 7)
    assert net.blobs["prob"].data.sum() == pytest.approx(1)


def test_another_size_is_resized_mean_goes_before_scale(picture):
    path, pixels = picture(20, 15)
    net = make_net()
    show_image(net, path, mean=[104, 117, 123], scale=0.5)
    expected = resize_linear(pixels, 6, 8) - np.array([104, 117, 123.0]).reshape(3, 1, 1)
    np.testing.assert_allclose(net.blobs["data"].data[0], 0.5 * expected)


def test_a_net_of_one_channel_sees_grey(picture):
    path, pixels = picture()
    net = make_net(channels=1)
    show_image(net, path, mean=[10])
    blue, green, red = pixels.astype(float)
    grey = 0.114 * blue + 0.587 * green + 0.299 * red - 10
    np.testing.assert_allclose(net.blobs["data"].data[0, 0], grey, atol=1)


@pytest.mark.parametrize("ending", [".npy", ".binaryproto"])
def test_a_mean_image_that_is_larger_is_cut_out_of_the_middle(ending, picture, tmp_path, rng):
    mean = rng.uniform(0, 255, size=(3, 10, 10)).astype(np.float32)
    mean_file = tmp_path / f"mean{ending}"
    if ending == ".npy":
        np.save(mean_file, mean)
    else:
        blob = blobnet.Blob((1, 3, 10, 10))
        blob.data[0] = mean
        mean_file.write_bytes(blob_to_proto(blob).SerializeToString())
    path, pixels = picture(20, 20)
    net = make_net()
    show_image(net, path, mean=str(mean_file))
    expected = (resize_linear(pixels, 10, 10) - mean)[:, 2:8, 1:9]
    np.testing.assert_allclose(net.blobs["data"].data[0], expected, rtol=1e-6)


def test_a_mean_file_may_have_one_value_for_each_channel(picture, tmp_path):
    np.save(tmp_path / "mean.npy", np.array([1.0, 2, 3]))
    path, pixels = picture()
    net = make_net()
    show_image(net, path, mean=str(tmp_path / "mean.npy"))
    np.testing.assert_array_equal(net.blobs["data"].data[0, :, 0, 0], pixels[:, 0, 0] - [1.0, 2, 3])


def test_labels_get_a_batch_of_one_too(picture):
    text = NET.replace('top: "data"', 'top: "data" top: "label"').replace(
        "dim: 8 } }", "dim: 8 } shape { dim: 5 } }"
    )
    loss = 'layer { name: "l" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "l" }'
    net = make_net(text=text + loss)
    show_image(net, picture()[0])
    assert net.blobs["label"].shape == (1,)


# --- and what comes out of it ---------------------------------------------------------------------


def shown(net, picture):
    show_image(net, picture()[0])
    return net


def test_every_blob_with_values_for_an_item_is_drawn_once(picture):
    net = shown(make_net(), picture)
    assert any("split" in name for name in net.blobs)
    assert drawable_blobs(net) == ["data", "conv", "ip", "prob"]
    titles = [panel.title.split("\n")[0] for panel in feature_map_panels(net)]
    data, conv = by_axes((3, 6, 8)), by_axes((4, 4, 6))
    assert titles == [f"data: {data}", f"conv: {conv}, after relu", "ip: 7", "prob: 7"]


def test_maps_are_tiles_vectors_are_bars(picture):
    net = shown(make_net(), picture)
    _, conv, ip, _ = feature_map_panels(net)
    np.testing.assert_array_equal(conv.tiles.reshape(-1, 4, 6)[:4], net.blobs["conv"].data[0])
    np.testing.assert_array_equal(ip.tiles, net.blobs["ip"].data[0])


def test_the_image_itself_is_in_colours(picture):
    net = shown(make_net(), picture)
    (panel,) = feature_map_panels(net, ["data"])
    pixels = net.blobs["data"].data[0]
    assert panel.tiles.shape == (1, 1, 6, 8, 3)
    at_red = np.unravel_index(pixels[2].argmax(), pixels[2].shape)
    red = panel.tiles[0, 0, at_red[0], at_red[1], 0]
    assert red == pytest.approx((pixels[2].max() - pixels.min()) / (pixels.max() - pixels.min()))


def test_maps_with_both_signs_have_zero_in_the_middle_of_the_scale():
    net = make_net()
    net.blobs["conv"].data[...] = 1
    assert [panel.signed for panel in feature_map_panels(net, ["conv"])] == [False]
    net.blobs["conv"].data[0, 2, 1, 3] = -0.5
    assert [panel.signed for panel in feature_map_panels(net, ["conv"])] == [True]


def test_the_answer_is_told_and_stands_above_its_bars():
    net = make_net()
    net.blobs["prob"].data[0] = [0, 0.1, 0, 0.5, 0.4, 0, 0]
    assert list(answers(net)) == ["prob: 3 (0.5), 4 (0.4), 1 (0.1)"]  # `sum` is one number
    (panel,) = feature_map_panels(net, ["prob"])
    assert panel.title == "prob: 7\nhighest: 3"


def test_a_grey_image_is_grey(picture):
    net = shown(make_net(channels=1), picture)
    assert feature_map_panels(net, ["data"])[0].shades == "gray"


def test_of_many_maps_the_first_are_drawn(picture):
    net = shown(make_net(), picture)
    (panel,) = feature_map_panels(net, ["conv"], tiles=3)
    assert panel.title.endswith("\n3 of 4 maps")
    assert np.isfinite(panel.tiles).sum() == 3 * 4 * 6


def test_of_many_blobs_the_first_are_drawn(picture, monkeypatch):
    monkeypatch.setattr(feature_maps, "MOST_BLOBS", 2)
    assert len(feature_map_panels(shown(make_net(), picture))) == 2


@pytest.mark.parametrize(
    ("name", "title"), [("relu", "conv: "), ("conv", "conv: "), ("ip", "ip: ")]
)
def test_a_name_is_a_blobs_or_a_layers(name, title, picture):
    (panel,) = feature_map_panels(shown(make_net(), picture), [name])
    assert panel.title.startswith(title)


def test_a_blob_without_items_is_an_empty_panel():
    net = make_net()
    net.blobs["data"].reshape(0, 3, 6, 8)
    net.reshape()
    assert feature_map_panels(net, ["conv"])[0].tiles.size == 0


def test_feature_maps_are_saved(picture, tmp_path):
    pytest.importorskip("matplotlib")
    path = save_feature_maps(shown(make_net(), picture), tmp_path / "maps.png")
    assert path.read_bytes().startswith(b"\x89PNG")


# --- what does not do -----------------------------------------------------------------------------


def test_a_name_that_is_not_there_is_explained():
    with pytest.raises(blobnet.NetError, match=r"'cnv'\n(.*\n)*.*did you mean conv"):
        feature_map_panels(make_net(), ["cnv"])


@pytest.mark.parametrize("channels", [2, 4])
def test_a_net_that_takes_no_image_is_explained(channels, tmp_path):
    with pytest.raises(blobnet.NetError, match=r"takes no image\n(.*\n)*.*deploy\.prototxt"):
        show_image(make_net(channels), tmp_path / "any.png")


def test_a_net_with_data_of_its_own_is_explained(tmp_path):
    text = 'layer { name: "d" type: "DummyData" top: "d" dummy_data_param { shape { dim: 1 } } }'
    with pytest.raises(blobnet.NetError, match="its data comes from a layer"):
        show_image(make_net(text=text), tmp_path / "any.png")


@pytest.mark.parametrize("content", [None, b"no image"])
def test_an_image_that_cannot_be_read_is_explained(content, tmp_path):
    pytest.importorskip("PIL")
    path = tmp_path / "bad.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(blobnet.DataError, match=r"bad\.png"):
        show_image(make_net(), path)


@pytest.mark.parametrize("mean", [[1.0, 2.0], np.zeros((3, 5, 8)), np.zeros((1, 9, 9)), "text"])
def test_a_mean_that_does_not_fit_is_explained(mean, tmp_path):
    if not isinstance(mean, list):
        path = tmp_path / "mean.npy"
        path.write_text("text") if isinstance(mean, str) else np.save(path, mean)
        mean = str(path)
    with pytest.raises(blobnet.DataError, match="mean"):
        show_image(make_net(), tmp_path / "any.png", mean=mean)
