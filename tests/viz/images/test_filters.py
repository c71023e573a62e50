from __future__ import annotations

import warnings

import numpy as np
import pytest

import blobnet
from blobnet.shapes import by_axes
from blobnet.viz.images import filters, save_filters
from blobnet.viz.images.filters import filter_panels, layers_with_filters

FILLER = 'weight_filler { type: "gaussian" std: 0.1 }'


def net(*layers, shape="dim: 2 dim: 3 dim: 12 dim: 12"):
    text = f"""
        name: "small"
        layer {{ name: "data" type: "Input" top: "data" input_param {{ shape {{ {shape} }} }} }}
    """
    bottom = "data"
    for index, (kind, param) in enumerate(layers):
        name = f"{kind.lower()}{index}"
        text += (
            f'layer {{ name: "{name}" type: "{kind}" bottom: "{bottom}" top: "{name}" {param} }}'
        )
        bottom = name
    return blobnet.Net(blobnet.parse_net(text), phase="TEST", seed=1)


def convolution(count, size=5, more=""):
    param = f"num_output: {count} kernel_size: {size} {FILLER} {more}"
    return ("Convolution", f"convolution_param {{ {param} }}")


def inner_product(count, more=""):
    param = f"num_output: {count} {FILLER} {more}"
    return ("InnerProduct", f"inner_product_param {{ {param} }}")


def test_filters_on_three_channels_are_in_colours_blue_first():
    made = net(convolution(4))
    weights = made.params["convolution0"][0].data
    weights[...] = 0
    weights[0, 2] = 0.5  # red
    weights[1, 0] = -0.5  # the opposite of blue
    (panel,) = filter_panels(made)
    tiles = panel.tiles.reshape(4, 5, 5, 3)
    np.testing.assert_allclose(tiles[0], np.broadcast_to([1, 0.5, 0.5], (5, 5, 3)))
    np.testing.assert_allclose(tiles[1], np.broadcast_to([0.5, 0.5, 0], (5, 5, 3)))
    np.testing.assert_allclose(tiles[2], 0.5)
    shape = by_axes(weights.shape)
    assert panel.title == f"convolution0: Convolution, {shape}\n4 filters, in colours"


def test_filters_on_one_channel_are_images():
    made = net(convolution(6), shape="dim: 2 dim: 1 dim: 12 dim: 12")
    (panel,) = filter_panels(made, tiles=4)
    weights = made.params["convolution0"][0].data
    np.testing.assert_array_equal(panel.tiles.reshape(4, 5, 5), weights[:4, 0])
    assert panel.signed
    assert panel.title.endswith("\n4 of 6 filters")


def test_of_other_filters_a_row_has_the_channels():
    made = net(convolution(6), convolution(7, 3))
    panel = filter_panels(made, ["convolution1"], tiles=9)[0]
    weights = made.params["convolution1"][0].data
    np.testing.assert_array_equal(panel.tiles, weights[:6, :6])
    assert panel.title.endswith("\nrows: 6 of 7 filters; columns: 6 channels")


def test_grouped_convolutions_and_deconvolutions_have_filters_too():
    up = ("Deconvolution", f"convolution_param {{ num_output: 3 kernel_size: 2 {FILLER} }}")
    made = net(convolution(4), convolution(4, 3, "group: 2"), up)
    panels = filter_panels(made)
    assert [panel.tiles.shape for panel in panels] == [
        (2, 2, 5, 5, 3),
        (4, 2, 3, 3),
        (2, 2, 2, 2, 3),
    ]


@pytest.mark.parametrize(
    ("shape", "tiles"),
    [("dim: 2 dim: 1 dim: 9", (3, 1, 1, 5)), ("dim: 2 dim: 1 dim: 6 dim: 6 dim: 6", (3, 5, 5, 5))],
)
def test_filters_along_one_axis_and_three_are_cut_into_images(shape, tiles):
    made = net(convolution(3), shape=shape)
    assert filter_panels(made)[0].tiles.shape == tiles


@pytest.mark.parametrize("more", ["", "transpose: true"])
def test_what_sees_a_whole_image_has_filters_of_its_size(more):
    made = net(inner_product(4, more), inner_product(2), shape="dim: 2 dim: 1 dim: 6 dim: 7")
    assert layers_with_filters(made) == ["innerproduct0"]
    (panel,) = filter_panels(made)
    weights = made.params["innerproduct0"][0].data
    weights = weights.T if more else weights
    np.testing.assert_array_equal(panel.tiles.reshape(4, 42), weights)


def test_filters_that_are_no_array_are_refused_and_name_the_layer(monkeypatch):
    made = net(convolution(4))
    monkeypatch.setattr(made.layers[1], "filters", lambda bottom: "weights")
    with pytest.raises(blobnet.LayerError, match='"convolution0": `filters` gives no array'):
        filter_panels(made)


def test_convolutions_are_drawn_before_what_sees_everything():
    made = net(convolution(4), inner_product(5))
    assert layers_with_filters(made) == ["convolution0"]
    panel = filter_panels(made, ["innerproduct1"], tiles=64)[0]
    assert panel.tiles.shape == (5, 4, 8, 8)


def test_of_many_layers_the_first_are_drawn(monkeypatch):
    monkeypatch.setattr(filters, "MOST_LAYERS", 2)
    made = net(*[convolution(2, 1)] * 4)
    assert len(layers_with_filters(made)) == 4
    assert len(filter_panels(made)) == 2
    assert len(filter_panels(made, layers_with_filters(made))) == 4


@pytest.mark.parametrize(
    ("name", "words"),
    [("convolution", "is not in this net(.*\n)*.*convolution0"), ("relu1", "has no filters")],
)
def test_a_layer_without_filters_is_explained(name, words):
    with pytest.raises(blobnet.NetError, match=rf"'{name}' {words}"):
        filter_panels(net(convolution(4), ("ReLU", "")), [name])


def test_a_net_without_filters_is_explained():
    with pytest.raises(blobnet.NetError, match="no layer of this net has filters"):
        filter_panels(net(("ReLU", "")))


def test_filters_are_saved(tmp_path):
    pytest.importorskip("matplotlib")
    path = save_filters(net(convolution(4)), tmp_path / "filters.png")
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38])
@pytest.mark.parametrize("layers", [1, 2])
def test_weights_that_are_no_numbers_are_drawn_without_a_warning(value, layers, tmp_path):
    made = net(*[convolution(4)] * layers)  # three channels, as colours; then four
    for weights, *_ in made.params.values():
        weights.data[0] = value
        weights.data[1] = -3e38
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert save_filters(made, tmp_path / "filters.png").exists()


def test_one_bad_weight_leaves_the_others_their_colours():
    made = net(convolution(2))
    made.params["convolution0"][0].data[...] = 0.5
    made.params["convolution0"][0].data[0, 0, 0, 0] = np.inf
    (panel,) = filter_panels(made)
    assert np.isnan(panel.tiles).sum() == 1
    assert panel.tiles[np.isfinite(panel.tiles)].min() == 1


def test_any_number_of_tiles_may_be_asked_for():
    first, second = filter_panels(net(convolution(2), convolution(3)), tiles=10**30)
    assert first.tiles.shape[-1] == 3
    assert second.tiles.shape[:2] == (3, 2)
