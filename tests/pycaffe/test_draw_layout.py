"""Boxes stand in the order of the net, in the direction that is asked for, on no other box."""

from __future__ import annotations

import itertools

import pytest

from blobnet.proto import NetParameter
from blobnet.pycaffe.draw import RANKDIRS
from blobnet.pycaffe.draw_graph import make_graph
from blobnet.pycaffe.draw_layout import Box, lay_out
from tests.pycaffe.drawn import net

INCEPTION = """
layer { name: "in" type: "Input" top: "a" }
layer { name: "b1" type: "Convolution" bottom: "a" top: "b1" }
layer { name: "b2" type: "Convolution" bottom: "a" top: "b2" }
layer { name: "b3" type: "Pooling" bottom: "a" top: "b3" }
layer { name: "cat" type: "Concat" bottom: "b1" bottom: "b2" bottom: "b3" top: "cat" }
layer { name: "sum" type: "Eltwise" bottom: "cat" bottom: "a" top: "sum" }
"""
NETS = [net(), net(INCEPTION)]


def overlap(a: Box, b: Box) -> bool:
    return (
        abs(a.x - b.x) < (a.width + b.width) / 2 - 1e-6
        and abs(a.y - b.y) < (a.height + b.height) / 2 - 1e-6
    )


@pytest.mark.parametrize("rankdir", RANKDIRS)
@pytest.mark.parametrize("param", NETS)
def test_boxes_stand_in_the_picture_and_on_no_other(param, rankdir):
    layout = lay_out(make_graph(param, rankdir))
    for box in layout.boxes.values():
        assert 0 <= box.x - box.width / 2 < box.x + box.width / 2 <= layout.width
        assert 0 <= box.y - box.height / 2 < box.y + box.height / 2 <= layout.height
    for a, b in itertools.combinations(layout.boxes.values(), 2):
        assert not overlap(a, b)


@pytest.mark.parametrize(
    ("rankdir", "place"),
    [
        ("LR", lambda box: box.x),
        ("RL", lambda box: -box.x),
        ("TB", lambda box: box.y),
        ("BT", lambda box: -box.y),
    ],
)
@pytest.mark.parametrize("param", NETS)
def test_arrows_lead_in_the_direction_that_is_asked_for(param, rankdir, place):
    graph = make_graph(param, rankdir)
    boxes = lay_out(graph).boxes
    pairs = {(edge.start, edge.end) for edge in graph.edges}
    for start, end in pairs:
        if (end, start) not in pairs:
            assert place(boxes[start]) < place(boxes[end])


def test_what_is_alike_stands_in_the_order_of_the_net():
    boxes = lay_out(make_graph(net(INCEPTION), "TB")).boxes
    assert boxes["b1_blob"].x < boxes["b2_blob"].x < boxes["b3_blob"].x
    assert boxes["b1_blob"].y == boxes["b2_blob"].y == boxes["b3_blob"].y


def test_a_box_is_as_wide_as_its_words():
    text = 'layer { name: "NAME" type: "ReLU" top: "a" }'
    short, long = (
        lay_out(make_graph(net(text.replace("NAME", name)), "LR")).boxes["a_blob"].x
        for name in ("relu", "a_name_of_thirty_letters_or_so")
    )
    assert long > short + 1


def test_an_empty_net_has_an_empty_picture():
    assert lay_out(make_graph(NetParameter(), "LR")).boxes == {}


def test_a_chain_may_be_long():
    layers = (
        f'layer {{ name: "{i}" type: "ReLU" bottom: "{i}" top: "{i + 1}" }}' for i in range(2000)
    )
    boxes = lay_out(make_graph(net("".join(layers)), "LR")).boxes
    assert len(boxes) == 4001
