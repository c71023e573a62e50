"""What the data layers read: labels that cannot be, their order, images in both parts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from blobnet.doctor.case import Case
from blobnet.doctor.finding import CERTAIN, LIKELY, NOTE, VERY_LIKELY, Finding, of_error
from blobnet.errors import BlobnetError
from blobnet.net import Net
from blobnet.proto import LayerParameter, NetParameter
from blobnet.serialization.prototxt import read_solver
from blobnet.types import Array

_MOST = {"TRAIN": 5000, "TEST": 2000}  # records that are looked at
_FEWEST_A_CLASS = 20  # of which each class should have been seen
_FEW_CHANGES = 0.3  # of those that a random order has


@dataclass
class _Part:
    """The first records of a phase: the labels, what the images are, and how it is stated."""

    labels: Array
    images: set[bytes]
    shuffled: bool


def examine(case: Case) -> Iterator[Finding]:
    """Reads the first records of both parts; a note where they are not there."""
    parts: dict[str, _Part] = {}
    for phase in _phases(case):
        layers = [layer for layer in case.definition.layer if _reads_labels(layer)]
        if not layers:
            return
        try:
            part = _read(layers, phase)
        except BlobnetError as error:
            what = f"the data of the phase {phase} was not looked at"
            yield Finding(what, str(error).partition("\n")[0], "run where the data is", NOTE)
            continue
        yield from _of_preparation(layers, phase)
        if part is not None:
            parts[phase] = part
    classes = _num_classes(case)
    for phase, part in parts.items():
        yield from _of_labels(phase, part, classes)
    if "TRAIN" in parts:
        yield from _of_order(parts["TRAIN"])
    if len(parts) == 2:
        yield from _of_overlap(parts["TRAIN"], parts["TEST"])


def _phases(case: Case) -> tuple[str, ...]:
    """Those in which the data is used: a solver may test nothing."""
    if case.solver_path is not None and not read_solver(case.solver_path).test_iter:
        return ("TRAIN",)
    return ("TRAIN", "TEST")


def _of_preparation(layers: list[LayerParameter], phase: str) -> Iterator[Finding]:
    """What the data is prepared with does not fit it: a mean or a crop of another size."""
    try:
        Net(NetParameter(layer=layers), phase, allow_python=False)
    except BlobnetError as error:
        yield of_error(error)


def _reads_labels(layer: LayerParameter) -> bool:
    has_source = any(
        getattr(value, "source", "")
        for field, value in layer.ListFields()
        if field.name.endswith("data_param")
    )
    return not layer.bottom and len(layer.top) == 2 and has_source


def _read(layers: list[LayerParameter], phase: str) -> _Part | None:
    """The records of the phase, without crops and mirroring: equal images stay equal."""
    definition = NetParameter()
    for layer in layers:
        copied = definition.layer.add()
        copied.CopyFrom(layer)
        for name in ("mirror", "crop_size", "crop_h", "crop_w", "mean_file", "mean_value"):
            copied.transform_param.ClearField(name)
    net = Net(definition, phase, allow_python=False)
    if not net.layers:
        return None
    data, label = (net.blobs[name] for name in net.wired[0].top_names)
    if label.count != label.shape[0]:
        return None  # boxes, or several labels
    labels: list[float] = []
    images: set[bytes] = set()
    while len(labels) < _MOST[phase]:
        net.forward()
        items = [hashlib.blake2b(item.tobytes(), digest_size=16).digest() for item in data.data]
        if labels and items[0] in images:
            break  # the data begins again; where an image is there twice, less is seen
        images.update(items)
        labels += label.data.reshape(-1).tolist()
    return _Part(np.array(labels), images, _is_shuffled(layers))


def _is_shuffled(layers: list[LayerParameter]) -> bool:
    return any(
        getattr(value, "shuffle", False) for layer in layers for _, value in layer.ListFields()
    )


def _num_classes(case: Case) -> int | None:
    """How many classes the first loss tells apart."""
    net = case.train_net
    for wired in net.wired if net is not None else []:
        has_loss = any(wired.layer.loss(i) for i in range(len(wired.top)))
        if has_loss and len(wired.bottom) > 1 and wired.bottom[0].num_axes == 2:
            return int(wired.bottom[0].shape[1])
    return None


def _of_labels(phase: str, part: _Part, classes: int | None) -> Iterator[Finding]:
    low, high = part.labels.min(), part.labels.max()
    seen = f"{low:g} to {high:g} in the first {len(part.labels)} records of the phase {phase}"
    if low == high and len(part.labels) > 1 and classes != 1:
        yield Finding(
            f"all labels of the phase {phase} are the same",
            seen,
            "make the data again",
            VERY_LIKELY,
        )
    if classes is None or classes == 1:
        return
    if low < 0 or high >= classes or (part.labels % 1).any():
        yield Finding(
            f"labels are out of range: the net tells {classes} classes apart, 0 to {classes - 1}",
            seen,
            "labels begin at 0; num_output of the last layer is the number of classes",
            CERTAIN,
        )
    elif high + 1 < classes and len(part.labels) >= _FEWEST_A_CLASS * classes and low != high:
        yield Finding(
            f"the net tells {classes} classes apart, the data has {high + 1:g}",
            seen,
            f"num_output: {high + 1:g}, if there are no more",
            LIKELY,
        )


def _of_order(part: _Part) -> Iterator[Finding]:
    """Records of one class behind each other: a random order changes far more often."""
    labels = part.labels
    _, counts = np.unique(labels, return_counts=True)
    if part.shuffled or len(counts) < 2 or len(labels) < 100:
        return
    shares = counts / len(labels)
    expected = (len(labels) - 1) * (1 - (shares**2).sum())
    changes = int((np.diff(labels) != 0).sum())
    if changes < _FEW_CHANGES * expected:
        yield Finding(
            "the training data is not shuffled",
            f"the label changes {changes} times in {len(labels)} records; in a random order about "
            f"{expected:.0f} times",
            "convert_imageset -shuffle, or `shuffle: true` in the data layer",
            VERY_LIKELY,
        )


def _of_overlap(train: _Part, test: _Part) -> Iterator[Finding]:
    common = len(train.images & test.images)
    share = common / max(len(test.images), 1)
    if common and share > 0.005:
        yield Finding(
            "images of the training are tested with: the scores are too good",
            f"{common} of the first {len(test.images)} test images are among the first "
            f"{len(train.images)} of the training",
            "part the data before the databases are made: blobnet dataset images FOLDER OUT",
            CERTAIN if share > 0.5 else VERY_LIKELY,
        )
