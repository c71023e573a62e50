"""Offsets of AutoCrop: those that pycaffe's `crop` finds, and those that nets state themselves."""

from __future__ import annotations

import logging

import numpy as np
import pytest

from blobnet import LayerError, Net, parse_net
from blobnet.netdef.upgrade import net_changes
from blobnet.proto import LayerParameter, NetParameter
from blobnet.pycaffe.coord_map import crop
from blobnet.pycaffe.net_spec import NetSpec
from blobnet.pycaffe.net_spec import layers as L  # noqa: N812 - as everybody calls it

INPUT = 'layer { name: "data" type: "Input" top: "data" input_param { shape { %s } } }'
IMAGE = INPUT % "dim: 1 dim: 1 dim: 40 dim: 50"


def layer(kind, bottom, top, options="", more=""):
    return (
        f'layer {{ name: "{top}" type: "{kind}" bottom: "{bottom}" {more} top: "{top}" {options} }}'
    )


def conv(bottom, top, window, kind="Convolution"):
    return layer(kind, bottom, top, f"convolution_param {{ num_output: 1 {window} }}")


def auto(bottom, like, top="cut", options=""):
    return layer("AutoCrop", bottom, top, options, f'bottom: "{like}"')


def offsets(*layers, at="cut"):
    """What the crop is after reading."""
    net = parse_net(IMAGE + "".join(layers))
    found = next(each for each in net.layer if each.name == at)
    return found.type, list(found.crop_param.offset)


WINDOWS = [
    # convolution, pooling, deconvolution; as prototxt and as pycaffe writes them
    ("kernel_size: 3 pad: 35", "kernel_size: 2 stride: 2", "kernel_size: 4 stride: 2"),
    (
        "kernel_size: 5 pad: 9 stride: 2",
        "kernel_size: 3 stride: 2 pad: 1",
        "kernel_size: 9 stride: 4",
    ),
    ("kernel_size: 3 pad: 4 dilation: 2", "kernel_size: 2 stride: 2", "kernel_size: 2 stride: 2"),
    (
        "kernel_size: 3 kernel_size: 5 pad: 9",
        "kernel_size: 4 stride: 4",
        "kernel_size: 8 stride: 4",
    ),
]


def settings(text):
    numbers = {}
    words = text.replace(":", "").split()
    for name, value in zip(words[::2], words[1::2], strict=True):
        numbers.setdefault(name, []).append(int(value))
    return {name: value[0] if len(value) == 1 else value for name, value in numbers.items()}


@pytest.mark.parametrize(("window", "pool", "up"), WINDOWS)
def test_it_is_what_pycaffe_finds(window, pool, up):
    n = NetSpec()
    n.data = L.Input()
    n.conv = L.Convolution(n.data, num_output=1, **settings(window))
    n.pool = L.Pooling(n.conv, **settings(pool))
    n.up = L.Deconvolution(n.pool, convolution_param={"num_output": 1, **settings(up)})
    expected = [
        int(i) for i in np.broadcast_to(crop(n.up, n.data).fn.params["crop_param"]["offset"], 2)
    ]
    kind, found = offsets(
        conv("data", "conv", window),
        layer("ReLU", "conv", "conv"),
        layer("Pooling", "conv", "pool", f"pooling_param {{ {pool} }}"),
        conv("pool", "up", up, "Deconvolution"),
        auto("up", "data"),
    )
    assert (kind, found) == ("Crop", expected)


def test_rows_and_columns_may_differ():
    """A window's middle is (kernel - 1) / 2 - pad from its place; the crop makes up for both."""
    window = "kernel_h: 3 kernel_w: 5 pad_h: 4 pad_w: 9 stride_h: 2 stride_w: 4"
    for up, expected in (
        ("kernel_h: 3 kernel_w: 7 stride_h: 2 stride_w: 4", ("Crop", [4, 10])),
        ("kernel_h: 4 kernel_w: 8 stride_h: 2 stride_w: 4", ("AutoCrop", [])),  # 4.5 and 10.5
    ):
        shrunk, grown = conv("data", "conv", window), conv("conv", "up", up, "Deconvolution")
        assert offsets(shrunk, grown, auto("up", "data")) == expected


def test_a_crop_of_a_crop_of_a_crop():
    padded = conv("data", "wide", "kernel_size: 1 pad: 7")
    stated = layer("Crop", "wide", "a", "crop_param { offset: 2 }", 'bottom: "half"')
    half = conv("data", "half", "kernel_size: 1 pad: 5")
    assert offsets(padded, half, stated, auto("a", "half", "b"), at="b") == ("Crop", [0, 0])
    again = auto("b", "data", "c")
    assert offsets(padded, half, stated, auto("a", "half", "b"), again, at="c") == ("Crop", [5, 5])


def test_what_is_cropped_shows_the_same_places_of_the_image(rng):
    """An image that goes through layers which move it, and back: the crop finds it again."""
    text = (
        IMAGE
        + conv("data", "wide", "kernel_size: 3 pad: 6 bias_term: false")
        + auto("wide", "data")
    )
    net = Net(parse_net(text))
    net.params["wide"][0].data[...] = 0
    net.params["wide"][0].data[0, 0, 1, 1] = 1
    image = rng.normal(size=(1, 1, 40, 50)).astype("f4")
    np.testing.assert_array_equal(net.forward(data=image)["cut"], image)


def old(kind, bottom, top, options=""):
    bottoms = " ".join(f'bottom: "{name}"' for name in bottom.split())
    return f'layers {{ name: "{top}" type: {kind} {bottoms} top: "{top}" {options} }}'


def old_conv(bottom, top, window, kind="CONVOLUTION"):
    return old(kind, bottom, top, f"convolution_param {{ num_output: 1 {window} }}")


def fcn8s():
    """The windows of FCN-8s, as it was published first, in 2014."""
    yield 'input: "data" input_dim: 1 input_dim: 1 input_dim: 64 input_dim: 64'
    below = "data"
    for stage in range(1, 6):
        yield old_conv(below, f"c{stage}", f"kernel_size: 3 pad: {100 if stage == 1 else 1}")
        yield old("POOLING", f"c{stage}", f"p{stage}", "pooling_param { kernel_size: 2 stride: 2 }")
        below = f"p{stage}"
    yield old_conv("p5", "fc6", "kernel_size: 7")
    yield old_conv("fc6", "score2", "kernel_size: 4 stride: 2", "DECONVOLUTION")
    yield old_conv("p4", "s4", "kernel_size: 1") + old("CROP", "s4 score2", "s4c")
    yield old("ELTWISE", "score2 s4c", "fused")
    yield old_conv("fused", "score4", "kernel_size: 4 stride: 2", "DECONVOLUTION")
    yield old_conv("p3", "s3", "kernel_size: 1") + old("CROP", "s3 score4", "s3c")
    yield old("ELTWISE", "score4 s3c", "final")
    yield old_conv("final", "big", "kernel_size: 16 stride: 8", "DECONVOLUTION")
    yield old("CROP", "big data", "score")


def test_crop_of_2014_has_the_offsets_that_fcn_states_today():
    net = parse_net("\n".join(fcn8s()))
    crops = {each.name: list(each.crop_param.offset) for each in net.layer if each.type == "Crop"}
    assert crops == {"s4c": [5, 5], "s3c": [9, 9], "score": [31, 31]}
    assert Net(net).blobs["score"].shape == (1, 1, 64, 64)


@pytest.mark.parametrize(
    "layers",
    [
        (conv("data", "a", "kernel_size: 3 stride: 2"), auto("data", "a")),  # another scale
        (conv("data", "a", "kernel_size: 1 pad: 1"), auto("data", "a")),  # it begins outside
        (INPUT.replace('"data"', '"other"') % "dim: 1 dim: 1 dim: 9 dim: 9", auto("data", "other")),
        (layer("Flatten", "data", "a"), auto("data", "a")),
        (conv("a", "b", "kernel_size: 1"), conv("b", "a", "kernel_size: 1"), auto("a", "data")),
        (
            layer("Pooling", "data", "a", "pooling_param { global_pooling: true }"),
            auto("data", "a"),
        ),
        (conv("data", "a", ""), auto("data", "a")),
    ],
    ids=["scale", "outside", "apart", "no map", "circle", "global", "no kernel"],
)
def test_where_nothing_follows_it_stays_as_it_is(layers):
    assert offsets(*layers) == ("AutoCrop", [])


def test_the_refusal_says_what_to_do():
    other = INPUT.replace('"data"', '"other"') % "dim: 1 dim: 1 dim: 9 dim: 9"
    with pytest.raises(LayerError, match=r'(?s)AutoCrop layer "cut": Cannot align.*crop_param'):
        Net(parse_net(IMAGE + other + auto("data", "other")))


def test_an_offset_that_is_stated_counts():
    cut = auto("data", "like", options="crop_param { offset: 3 }")
    text = IMAGE + INPUT.replace('"data"', '"like"') % "dim: 1 dim: 1 dim: 9 dim: 9" + cut
    assert Net(parse_net(text)).blobs["cut"].shape == (1, 1, 9, 9)


def test_it_is_said_what_is_changed(caplog):
    text = conv("data", "wide", "kernel_size: 1 pad: 6") + auto("wide", "data")
    net = NetParameter(
        layer=[
            LayerParameter(name="wide", type="Convolution", bottom=["data"], top=["wide"]),
            LayerParameter(name="cut", type="AutoCrop", bottom=["wide", "data"], top=["cut"]),
        ]
    )
    net.layer[0].convolution_param.kernel_size.append(1)
    net.layer[0].convolution_param.pad.append(6)
    assert net_changes(net) == ["where AutoCrop layers cut is stated: cut (6, 6)"]
    with caplog.at_level(logging.INFO):
        parse_net(IMAGE + text)
    assert "layers that find by themselves where to crop: the offset is stated." in caplog.text
