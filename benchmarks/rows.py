"""The rows of the table: what is measured, against what, and how fast it is to be."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from benchmarks import (
    files,
    fork_layers,
    memory,
    passes,
    peers,
    processes,
    ranks,
    reading,
    steps,
    tools,
)
from benchmarks.measure import Measured
from benchmarks.nets import NETS
from benchmarks.ssd import mobilenet_ssd, ssd300
from blobnet.errors import BlobnetError, did_you_mean, explain

TORCH = peers.TORCH.name
OPENCV = peers.OPENCV.name

ONE_IMAGE_ORDINARY = {"resnet50": 0.9, "mobilenet": 0.9}
"""Beside PyTorch, without merging; others are to be as fast."""

BACKWARD = {
    "caffenet": 0.55,
    "googlenet": 0.45,
    "resnet50": 0.70,
    "squeezenet": 0.65,
    "mobilenet": 0.65,
}

ONE_IMAGE = {
    "lenet": 1.5,
    "squeezenet": 1.0,
    "mobilenet": 1.0,
    "mobilenet_v2": 1.0,
    "caffenet": 0.9,
    "googlenet": 0.9,
    "resnet50": 1.1,
}
"""Beside ONNX Runtime, of 1; of 8 images LeNet has no row, and the others one target."""

EIGHT_IMAGES = 0.9

PROCESSORS = os.cpu_count() or 1


@dataclass(frozen=True)
class Row:
    """One thing to measure.

    against  what ours is compared with; where it is empty, `target` is in `unit`
    measure  does it, in so many rounds
    is_optional  where the other side is not at hand, the row is left out
    """

    name: str
    what: str
    target: float
    measure: Callable[[int], Measured]
    against: str = ""
    unit: str = "s"
    is_optional: bool = False


def _forwards() -> Iterable[Row]:
    for name in ("caffenet", "googlenet", "resnet50", "mobilenet"):
        for batch in (1, 8):
            for inference in (False, True):
                mode = "inference mode" if inference else "ordinary mode"
                yield Row(
                    f"{name}-forward-{batch}" + ("-inference" if inference else ""),
                    f"{name}: forward of {batch}, {mode}",
                    1.0 if inference or batch > 1 else ONE_IMAGE_ORDINARY.get(name, 1.0),
                    partial(passes.forward, NETS[name], batch, inference=inference),
                    TORCH,
                    is_optional=True,
                )


def _forward_backwards() -> Iterable[Row]:
    for name, target in BACKWARD.items():
        what = f"{name}: forward and backward of 8"
        measure = partial(passes.forward_backward, NETS[name], 8)
        yield Row(f"{name}-backward-8", what, target, measure, TORCH, is_optional=True)


def _requests() -> Iterable[Row]:
    """In bursts after a rest, each program in a process of its own, where it is at hand."""
    for peer in (peers.ONNX_RUNTIME, peers.OPENVINO, peers.OPENCV):
        for name, of_one in ONE_IMAGE.items():
            for batch in (1, 8) if name != "lenet" else (1,):
                target = of_one if batch == 1 else EIGHT_IMAGES
                if peer is peers.OPENCV:
                    target = 1.0 if name == "lenet" else 0.5
                elif peer is peers.OPENVINO:
                    target = 1.0
                build = partial(steps.lenet_deployed if name == "lenet" else NETS[name], batch)
                yield Row(
                    f"{name}-{batch}-{peer.name.replace(' ', '').lower()}",
                    f"{name}: forward of {batch}, inference mode, after a rest",
                    target,
                    partial(peers.requests, peer, build),
                    peer.name,
                    is_optional=True,
                )


def _beside_opencv() -> Iterable[Row]:
    """In processes of their own, where there is an OpenCV."""
    for name, build in (("ssd300", ssd300), ("mobilenet-ssd", mobilenet_ssd)):
        what = f"{name}: forward of 1, inference mode"
        yield Row(name, what, 0.7, partial(peers.detector, build), OPENCV, is_optional=True)
    for name in fork_layers.LAYERS:
        measure = partial(fork_layers.measure, name)
        yield Row(name, f"{name}: forward", 1.0, measure, OPENCV, is_optional=True)


ROWS = (
    Row("lenet-step", "LeNet-5: training step of 64", 0.40, steps.lenet, TORCH, is_optional=True),
    Row(
        "lenet-products",
        "LeNet-5: training step of 64",
        2.0,
        steps.lenet_products,
        "its bare products",
    ),
    *(
        Row(
            f"{net}-ranks",
            f"{net}: training step of {batch} in all, two ranks of one thread",
            target,
            partial(ranks.two_ranks, net, batch),
            "one process of two threads",
            is_optional=True,
        )
        for net, batch, target in (
            ("lenet", 64, 1 / 0.95),
            ("cifar10", 100, 1 / 0.95),
            ("googlenet", 8, 1.0),
        )
    ),
    Row(
        "cifar10-step",
        "CIFAR-10 quick: training step of 100",
        0.50,
        steps.cifar10,
        TORCH,
        is_optional=True,
    ),
    *_forwards(),
    *_forward_backwards(),
    *_beside_opencv(),
    *_requests(),
    *(
        Row(
            f"lenet-threads{suffix}",
            f"LeNet-5: training step of 64, two threads{where}",
            target,
            partial(steps.lenet_threads, burners=burners),
            "one thread",
        )
        for suffix, where, target, burners in (
            ("", "", 0.54, 0),
            ("-one-free", ", all processors but one busy", 1.0, PROCESSORS - 1),
            ("-none-free", ", all processors busy", 1.05, PROCESSORS),
        )
    ),
    Row("one-sample", "784-200-10: training step of 1", 1.0, steps.one_sample, "numpy by hand"),
    Row("import", "import blobnet", 0.35, processes.importing),
    Row("import-net", "from blobnet import Net", 0.35, processes.importing_net),
    Row("help", "blobnet --help", 0.35, processes.helping),
    Row(
        "first-inference",
        "LeNet-5: a process until its first forward, nothing compiled before",
        3.0,
        processes.first_forward,
    ),
    Row(
        "first-training",
        "LeNet-5: a process until its first training step, nothing compiled before",
        5.0,
        processes.first_step,
    ),
    Row("load", "CaffeNet: 244 MB of weights loaded", 0.5, files.load),
    Row("save", "CaffeNet: 244 MB of weights saved", 0.5, files.save),
    *(
        Row(name, what, target, partial(memory.peak, work=work), TORCH, "bytes", is_optional=True)
        for name, what, target, work in (
            ("memory", "resnet50: peak memory of a forward of 8, inference mode", 1.0, "forward"),
            ("memory-training", "resnet50: peak memory of training steps of 8", 1.2, "training"),
        )
    ),
    Row(
        "reading",
        "LeNet-5: share of a training step that waits for its LMDB",
        2.0,
        reading.waiting,
        unit="%",
    ),
    Row(
        "convert-imageset",
        "convert_imageset: 1,000 JPEG files to 256 x 256, LMDB",
        1.25,
        tools.converting,
        "decoding and resizing them with Pillow, in as many threads",
    ),
    Row(
        "extract-features",
        "extract_features: fc7 of CaffeNet, 5 batches of 10, LMDB",
        1.25,
        tools.features,
        "the forwards",
    ),
)


def rows_named(names: Iterable[str]) -> list[Row]:
    """The rows of these names, all if there are none. Raises BlobnetError for an unknown name."""
    known = {row.name: row for row in ROWS}
    wanted = list(names) or list(known)
    for name in wanted:
        if name not in known:
            hint = did_you_mean(name, known) or f"the names are {', '.join(known)}"
            raise BlobnetError(explain(f"no benchmark is called '{name}'", fix=hint))
    return [known[name] for name in wanted]
