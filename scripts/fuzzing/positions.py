"""States of data layers, as a snapshot holds them: put back, broken, before the next batch."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import numpy as np

import blobnet
from scripts.fuzzing._rounds import draw, one_of, show, smaller
from tests.sources.lmdb_files import write_images

__all__ = ["draw", "run", "show", "smaller"]

_ODD = (
    *(
        None,
        True,
        False,
        -1,
        0,
        1,
        2,
        5,
        1.5,
        -0.0,
        1e300,
        float("nan"),
        float("inf"),
        2**31,
        2**63,
    ),
    *(2**64, 2**128, -(2**200), 10**400, "", "a", "0", [], [0], [1, 0], {}, {"a": 1}, [[[]]]),
)
_LAYERS = {
    "Data": 'data_param {{ source: "{0}/db" backend: LMDB batch_size: 2 prefetch: 1 {1} }}',
    "ImageData": 'image_data_param {{ source: "{0}/list" batch_size: 2 {1} }}',
    "WindowData": 'window_data_param {{ source: "{0}/windows" batch_size: 2 }}',
    "MemoryData": "memory_data_param {{ batch_size: 2 channels: 3 height: 4 width: 5 }}",
    "HDF5Data": 'hdf5_data_param {{ source: "{0}/hdf5" batch_size: 2 {1} }}',
}


def run(case: int) -> None:
    """One case of scripts/fuzz."""
    one_of([_round], case)


def _round(rng: random.Random, folder: Path) -> None:
    kind = rng.choice(sorted(_LAYERS))
    net = _net(rng, kind, folder)
    net.forward()
    state = json.loads(json.dumps(net.get_state()))
    try:
        net.set_state(_broken(rng, state))
        net.forward()
        net.forward()
    finally:
        net.layers[0].close()


def _net(rng: random.Random, kind: str, folder: Path) -> Any:
    _write(folder)
    shuffle = rng.choice(("", "shuffle: true")) if kind != "WindowData" else ""
    transform = "" if kind == "HDF5Data" else "transform_param { mirror: true crop_size: 2 }"
    if kind == "MemoryData":
        transform = "transform_param { mirror: true }"
    net = blobnet.Net(
        blobnet.parse_net(
            f'layer {{ name: "d" type: "{kind}" top: "data" top: "label" {transform} '
            f"{_LAYERS[kind].format(folder.as_posix(), shuffle)} }}"
        ),
        "TRAIN",
    )
    if kind == "MemoryData":
        net.layers[0].set_iterable([(np.ones((3, 4, 5)), label) for label in range(5)], prefetch=0)
    return net


def _write(folder: Path) -> None:
    import h5py

    write_images(folder / "db", [np.full((3, 4, 5), i, np.uint8) for i in range(5)])
    for i in range(3):
        (folder / f"{i}.ppm").write_bytes(b"P6 5 4 255\n" + bytes(range(60)))
        with h5py.File(folder / f"{i}.h5", "w") as file:
            file["data"], file["label"] = np.ones((3, 2)), np.ones(3)
    images = [f"{folder}/{i}.ppm" for i in range(3)]
    (folder / "list").write_text("".join(f"{image} 1\n" for image in images))
    windows = "3\n4\n5\n2\n1 1 0 0 3 3\n0 0 0 0 4 3\n"
    text = "".join(f"# {i}\n{image}\n{windows}" for i, image in enumerate(images))
    (folder / "windows").write_text(text)
    (folder / "hdf5").write_text("".join(f"{folder}/{i}.h5\n" for i in range(3)))


def _broken(rng: random.Random, state: Any) -> Any:
    """The state with something else in one to three of its places."""
    state = copy.deepcopy(state)
    for _ in range(rng.choice((1, 1, 2, 3))):
        holder, place = None, None
        inner = state
        while isinstance(inner, (dict, list)) and inner and rng.random() < 0.85:
            holder = inner
            place = rng.choice(list(inner) if isinstance(inner, dict) else range(len(inner)))
            inner = inner[place]
        if holder is None:
            continue
        if rng.random() < 0.1:
            del holder[place]
        else:
            holder[place] = copy.deepcopy(rng.choice(_ODD))
    return state
