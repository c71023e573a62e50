"""Poolings of single pixels in nets of Intel's fork: sometimes one place fewer than in Caffe."""

from __future__ import annotations

import pytest

from blobnet import Net, parse_net
from blobnet.netdef import upgrade_net
from blobnet.netdef.upgrade import net_changes, net_needs_upgrade

INPUT = 'layer {{ name: "in" type: "Input" top: "x" input_param {{ shape {{ {0} }} }} }}'
POOL = 'layer {{ name: "p" type: "Pooling" bottom: "x" top: "y" pooling_param {{ {0} }} {1} }}'
INTELS = "quantization_param { scale_in: 8.4 }"


def pooled(options, more=INTELS, head="", size=(56, 9)):
    text = (
        f"{head} {INPUT.format(f'dim: [1, 2, {size[0]}, {size[1]}]')} {POOL.format(options, more)}"
    )
    return Net(parse_net(text), phase="TEST").blobs["y"].shape[2:]


def intels_places(length, stride):
    """Rounded up, and less one where the last window would begin behind the image."""
    places = -(-(length - 1) // stride) + 1
    return places - ((places - 1) * stride >= length)


@pytest.mark.parametrize("stride", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("size", [(56, 9), (57, 8), (3, 7)])
def test_there_are_as_many_places_as_in_intels_fork(size, stride):
    expected = tuple(intels_places(length, stride) for length in size)
    assert pooled(f"kernel_size: 1 stride: {stride}", size=size) == expected


@pytest.mark.parametrize(
    ("more", "head"),
    [
        ("quantization_param { force_u8_input: true }", ""),
        ('engine: "MKLDNN"', ""),
        ("", 'engine: "MKL2017"'),
    ],
)
def test_what_only_intels_fork_knows_tells_it(more, head):
    assert pooled("kernel_h: 1 kernel_w: 1 stride: 2", more, head) == (28, 5)


@pytest.mark.parametrize(
    ("options", "more"),
    [
        ("kernel_size: 1 stride: 2", ""),  # of no fork
        ("kernel_size: 1 stride: 2", "quantization_param { bw_layer_in: 8 }"),  # Ristretto's
        ("kernel_size: 1 stride: 2 round_mode: CEIL", INTELS),  # stated
    ],
)
def test_all_others_have_caffes_places(options, more):
    assert pooled(options, more) == (29, 5)


def test_larger_kernels_are_left_alone():
    assert pooled("kernel_size: 3 stride: 2") == (28, 4)
    assert pooled("global_pooling: true") == (1, 1)


def test_an_upgraded_net_is_up_to_date_and_told_in_words():
    text = f"{INPUT.format('dim: [1, 2, 5, 5]')} {POOL.format('kernel_size: 1 stride: 2', INTELS)}"
    net = parse_net(text)
    assert not net_needs_upgrade(net)
    net.layer[1].pooling_param.ClearField("round_mode")
    assert net_changes(net) == ["poolings of single pixels round down, as in Intel's fork: p"]
    assert upgrade_net(net).layer[1].pooling_param.round_mode == 1
