"""What kind of output a net has: asked of its layers and seen from shapes."""

from __future__ import annotations

from typing import Literal, NamedTuple

from blobnet.errors import NetError, did_you_mean, explain
from blobnet.net import Net
from blobnet.predicting.poses import layout_of
from blobnet.predicting.regions import blobs_of_regions
from blobnet.types import Shape

Kind = Literal["classes", "boxes", "regions", "mask", "map", "points"]
KINDS: tuple[Kind, ...] = ("classes", "boxes", "regions", "mask", "map", "points")


BOX = ("image", "class", "score", "x1", "y1", "x2", "y2")
"""What a row of boxes begins with."""


class Output(NamedTuple):
    """Which blobs, and how they are read.

    Several for points, maps of parts and of limbs, and for regions: scores, changes, the regions.
    """

    kind: Kind
    blobs: tuple[str, ...]


def find_output(net: Net, blob: str = "", kind: Kind | None = None) -> Output:
    """The output that tells of an image.

    blob  its name, where the net has several; kind  what it is, where the shape would mislead

    Raises NetError where there is no such blob, or none from which anything can be told.
    """
    if blob and blob not in net.blobs:
        raise NetError(
            explain(
                f"no blob is named '{blob}'",
                expected=f"one of {', '.join(net.blobs)}",
                fix=did_you_mean(blob, net.blobs),
            )
        )
    if not blob and kind in (None, "regions") and (blobs := blobs_of_regions(net)):
        return Output("regions", blobs)
    if not blob and kind in (None, "points") and (maps := _maps_of_poses(net)):
        return Output("points", maps)
    candidates = [blob] if blob else list(reversed(net.outputs))
    readable = [(name, found) for name in candidates if (found := _kind_of(net, name))]
    for name, found in sorted(readable, key=lambda one: one[1] != "boxes"):
        if kind is None or _can_be(kind, net.blobs[name].shape):
            return Output(kind or found, (name,))
    if kind is not None and readable:
        raise _no_such(kind, {name: net.blobs[name].shape for name, _ in readable})
    shapes = ", ".join(f"'{name}' of shape {net.blobs[name].shape}" for name in candidates)
    raise NetError(
        explain(
            "this net says nothing of an image that can be shown",
            expected="scores (N, classes), maps (N, classes, height, width), or boxes",
            got=shapes or "no output",
            fix="take the deploy.prototxt, or name the blob with the scores: --blob fc8",
        )
    )


_EXPECTED: dict[Kind, str] = {
    "classes": "scores (N, classes)",
    "boxes": "rows of 7 numbers: image, class, score, and four corners",
    "regions": "a net like Faster R-CNN's, with scores and changes of regions",
    "mask": "maps (N, classes, height, width)",
    "map": "a map (N, 1, height, width)",
    "points": "maps (N, parts, height, width), or x and y of each part (N, 2 * parts)",
}


def _can_be(kind: Kind, shape: Shape) -> bool:
    """Whether an output of this shape can be read so."""
    if kind == "boxes":
        return shape[-1] == len(BOX) or (shape[-1] > len(BOX) and len(shape) > 2)
    if kind in ("mask", "map"):
        return len(shape) == 4
    if kind == "points":
        return len(shape) == 4 or (len(shape) == 2 and shape[1] % 2 == 0)
    return kind == "classes"


def _no_such(kind: Kind, shapes: dict[str, Shape]) -> NetError:
    told = ", ".join(f"'{name}' of shape {shape}" for name, shape in shapes.items())
    fix = "leave --as out to have it found, or name another blob: --blob"
    return NetError(
        explain(f"no output can be read as {kind}", expected=_EXPECTED[kind], got=told, fix=fix)
    )


def _kind_of(net: Net, name: str) -> Kind | None:
    shape = net.blobs[name].shape
    makers = [wired.layer for wired in net.wired if name in wired.top_names]
    if makers and makers[-1].finds_boxes:
        return "boxes"
    if _has_maps(shape):
        return "mask" if shape[1] > 1 or _holds_labels(net, name) else "map"
    return "classes" if len(shape) >= 2 and shape[1] > 1 and shape[0] else None


def _holds_labels(net: Net, name: str) -> bool:
    """Whether the values are numbers of classes: then their layer has no gradient to give."""
    makers = [wired.layer for wired in net.wired if name in wired.top_names]
    return bool(makers) and makers[-1].chooses_classes


def _has_maps(shape: Shape) -> bool:
    return len(shape) == 4 and shape[2] * shape[3] > 1


def _maps_of_poses(net: Net) -> tuple[str, ...]:
    """An output with maps of parts and of limbs in one; or two outputs, the parts first."""
    maps = {name: net.blobs[name].shape for name in net.outputs if _has_maps(net.blobs[name].shape)}
    for name, shape in maps.items():
        if layout_of(shape[1]) is not None:
            return (name,)
    for parts, shape in maps.items():
        for limbs, other in maps.items():
            layout = layout_of(shape[1] + other[1])
            if layout and shape[1] == len(layout.parts) + 1 and shape[2:] == other[2:]:
                return (parts, limbs)
    return ()
