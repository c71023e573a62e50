"""Padding layers of 2013 become the pad of the layers that read them."""

from __future__ import annotations

import pytest
from google.protobuf import text_format

from blobnet.errors import ProtoError
from blobnet.netdef import upgrade_net
from blobnet.proto import NetParameter


def net(text: str) -> NetParameter:
    return text_format.Parse(text, NetParameter())


PADDING = 'layers { layer { name: "p" type: "padding" pad: 3 } bottom: "data" top: "padded" }'


def reader(settings: str, wiring: str = 'bottom: "padded" top: "t"') -> str:
    return f'layers {{ layer {{ name: "x" {settings} }} {wiring} }}'


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ('type: "conv"', 'type: "Convolution" convolution_param { pad: 3 }'),
        ('type: "conv" pad: 1', 'type: "Convolution" convolution_param { pad: 3 }'),
        ('type: "pool"', 'type: "Pooling" pooling_param { pad: 3 }'),
        ('type: "pool" pad: 1', 'type: "Pooling" pooling_param { pad: 3 }'),
    ],
)
def test_a_padding_layer_becomes_the_pad_of_its_reader(settings, expected):
    upgraded = upgrade_net(net(PADDING + reader(settings)))
    assert upgraded == net(f'layer {{ name: "x" bottom: "data" top: "t" {expected} }}')


def test_every_reader_of_a_padding_layer_is_padded():
    readers = """
        layers { layer { name: "c" type: "conv" } bottom: "padded" top: "c" }
        layers { layer { name: "r" type: "relu" } bottom: "c" top: "c" }
        layers { layer { name: "q" type: "pool" } bottom: "padded" top: "q" }
        layers { layer { name: "d" type: "conv" } bottom: "c" top: "d" }
    """
    assert upgrade_net(net(PADDING + readers)) == net("""
        layer { name: "c" type: "Convolution" bottom: "data" top: "c"
                convolution_param { pad: 3 } }
        layer { name: "r" type: "ReLU" bottom: "c" top: "c" }
        layer { name: "q" type: "Pooling" bottom: "data" top: "q" pooling_param { pad: 3 } }
        layer { name: "d" type: "Convolution" bottom: "c" top: "d" }
    """)


def test_padding_in_place_ends_where_the_blob_is_made_anew():
    layers = """
        layers { layer { name: "p" type: "padding" pad: 1 } bottom: "data" top: "data" }
        layers { layer { name: "c" type: "conv" } bottom: "data" top: "data" }
        layers { layer { name: "r" type: "relu" } bottom: "data" top: "data" }
    """
    assert upgrade_net(net(layers)) == net("""
        layer { name: "c" type: "Convolution" bottom: "data" top: "data"
                convolution_param { pad: 1 } }
        layer { name: "r" type: "ReLU" bottom: "data" top: "data" }
    """)


def test_padding_without_a_pad_pads_nothing_and_without_a_reader_goes():
    no_pad = 'layers { layer { name: "p" type: "padding" } bottom: "data" top: "padded" }'
    conv = 'layer { name: "x" type: "Convolution" bottom: "data" top: "t"'
    assert upgrade_net(net(no_pad + reader('type: "conv" pad: 2'))) == net(
        f"{conv} convolution_param {{ pad: 0 }} }}"
    )
    assert upgrade_net(net(PADDING + reader('type: "conv"', 'bottom: "data" top: "t"'))) == net(
        f"{conv} }}"
    )


@pytest.mark.parametrize(
    ("layers", "complaint"),
    [
        (
            PADDING + reader('type: "relu"'),
            "Padding layer input to non-convolutional / non-pooling layer type relu",
        ),
        (
            PADDING + reader('type: "padding"'),
            "Padding layer input to non-convolutional / non-pooling layer type padding",
        ),
        (
            PADDING + reader('type: "conv"', 'bottom: "data" bottom: "padded" top: "t"'),
            "Conv Layer takes a single blob as input",
        ),
        (
            PADDING.replace("bottom", 'bottom: "more" bottom') + reader('type: "conv"'),
            "Padding Layer takes a single blob as input",
        ),
        (
            PADDING.replace("top", 'top: "more" top') + reader('type: "pool"'),
            "Padding Layer produces a single blob as output",
        ),
    ],
)
def test_padding_that_cannot_be_folded_is_refused(layers, complaint):
    with pytest.raises(ProtoError, match=rf"{complaint} \(layer 'x'\)\n.*\n.*layer 'p'.*\n.*fix"):
        upgrade_net(net(layers))
