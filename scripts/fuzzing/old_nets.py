"""Nets of 2013 and 2014 whose layers say anything that the schema allows: upgraded and made."""

from __future__ import annotations

import random
from collections.abc import Iterator

from google.protobuf import text_format

import blobnet
from blobnet.netdef.upgrade_v0 import _PLACES, _TYPES
from blobnet.proto import NetParameter
from scripts.fuzzing._messages import fill, without_one


def draw(rng: random.Random) -> str:
    """A net as text: one or two layers of one of the two ages."""
    net = NetParameter(input=["x"], input_dim=[2, 3, 4, 4])
    is_oldest = rng.random() < 0.5
    for number in range(rng.choice((1, 1, 2))):
        layer = net.layers.add()
        if not is_oldest:
            fill(rng, layer, rng.choice((0.05, 0.15)))
            layer.ClearField("layer")
        else:
            kind = rng.choice(sorted(_TYPES))
            fitting = [name for name, place in _PLACES.items() if kind in place.types]
            only = fitting if rng.random() < 0.8 else None
            fill(rng, layer.layer, rng.choice((0.05, 0.15, 0.3, 0.7)), only=only)
            layer.layer.name, layer.layer.type = f"n{number}", kind
        layer.bottom.extend(rng.choice((["x"], ["x"], [], ["x", "x"], ["y"])))
        layer.top.extend(rng.choice((["y"], ["y"], [], ["y", "z"], ["x"])))
    return text_format.MessageToString(net)


def run(case: str) -> None:
    """Upgrade it and make the net; layers that read files find none."""
    net = blobnet.parse_net(case)
    for phase in ("TRAIN", "TEST"):
        blobnet.Net(net, phase, allow_python=False)


def smaller(case: str) -> Iterator[str]:
    net = text_format.Parse(case, NetParameter())
    for candidate in without_one(net):
        yield text_format.MessageToString(candidate)


def show(case: str) -> str:
    return text_format.MessageToString(text_format.Parse(case, NetParameter()), as_one_line=True)
