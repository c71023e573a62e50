"""A state comes out of a file: what is no place to go on from is refused at once, by the layer."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import blobnet
from blobnet import BlobnetError
from tests.sources.annotated_files import annotated, write_annotated
from tests.sources.image_files import write_list, write_png
from tests.sources.lmdb_files import write_images

pytest.importorskip("PIL")

NUMBERS = {  # in a generator's state others mean something
    False: (None, -1, 1.5, 2**70, 10**400, "1", [], {}, True),
    True: (None, 1.5, 10**400, "1", [], {}),
}


@pytest.fixture
def nets(tmp_path):
    """A net of each kind that has gone one step, and the places in its state."""
    images = [np.full((3, 4, 5), i, np.uint8) for i in range(5)]
    write_images(tmp_path / "db", images)
    write_annotated(tmp_path / "boxes", [annotated(image, []) for image in images])
    names = [write_png(tmp_path / f"{i}.png", image) for i, image in enumerate(images)]
    write_list(tmp_path / "list", [f"{name} 1" for name in names])
    folder = tmp_path.as_posix()
    layers = {
        "Data": f'data_param {{ source: "{folder}/db" backend: LMDB batch_size: 2 shuffle: true }}',
        "ImageData": f'image_data_param {{ source: "{folder}/list" batch_size: 2 }}',
        "AnnotatedData": f'data_param {{ source: "{folder}/boxes" backend: LMDB batch_size: 2 }}',
        "VideoData": "data_param { batch_size: 2 } "
        f'video_data_param {{ video_type: VIDEO video_file: "{folder}" }}',
        "MemoryData": "memory_data_param { batch_size: 2 channels: 3 height: 4 width: 5 }",
    }
    made = {}
    for kind, options in layers.items():
        text = f'layer {{ name: "d" type: "{kind}" top: "data" top: "label" {options} }}'
        made[kind] = blobnet.Net(blobnet.parse_net(text), "TRAIN")
    made["MemoryData"].layers[0].set_iterable([(image, 1) for image in images], prefetch=0)
    for net in made.values():
        net.forward()
    yield made
    for net in made.values():
        net.layers[0].close()


PLACES = [
    ("Data", ("source", "at")),
    ("Data", ("rng",)),
    ("Data", ("source", "rng", "has_uint32")),
    ("ImageData", ("source", "at")),
    ("ImageData", ("rng", "state", "state")),
    ("MemoryData", ("position",)),
    ("MemoryData", ("iterable", "item")),
    ("MemoryData", ("iterable", "image")),
    ("MemoryData", ("iterable", "rng", "uinteger")),
]


@pytest.mark.parametrize(("kind", "place"), PLACES)
def test_what_is_no_place_is_refused(kind, place, nets):
    net = nets[kind]
    state = net.get_state()
    for wrong in NUMBERS["rng" in place]:
        broken = copy.deepcopy(state)
        holder = broken["d"]
        for key in place[:-1]:
            holder = holder[key]
        holder[place[-1]] = wrong
        with pytest.raises(BlobnetError, match=f'^{kind} layer "d": '):
            net.set_state(broken)
    net.set_state(state)
    net.forward()


@pytest.mark.parametrize("kind", ["Data", "ImageData", "MemoryData"])
def test_a_generator_that_would_give_one_number_for_ever_is_refused(kind, nets):
    state = nets[kind].get_state()
    state["d"]["rng"]["state"] = {"state": 0, "inc": 0}
    with pytest.raises(BlobnetError, match="does not take this state"):
        nets[kind].set_state(state)
