"""Which weights of the file go into which layers, and which go nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from blobnet.doctor.case import Case
from blobnet.doctor.finding import CERTAIN, NOTE, POSSIBLE, VERY_LIKELY, Finding, counted, several
from blobnet.shapes import shape_in_words

_RESHAPED = (
    "num_output, kernel_size, group or the input's size differ from the training;\n"
    "to learn a layer anew, rename it"
)


def examine(case: Case) -> Iterator[Finding]:
    """Layers without weights, weights without layers, shapes that differ."""
    if case.weights_path is None:
        return
    net, stored = case.net, case.adapted
    shared = {p.layer_name for p in net.all_params if p.owner is not None}
    with_weights = [name for name, blobs in net.params.items() if blobs]
    missing = [name for name in with_weights if not stored.get(name) and name not in shared]
    unused = [name for name, blobs in case.stored.items() if blobs and name not in net.params]
    if len(missing) == len(with_weights) > 0:
        yield Finding(
            "these weights belong to another net: no layer's name is in the file",
            f"the net has {several(with_weights)}; the file has {several(unused)}",
            "find the prototxt that was published with the weights",
            CERTAIN,
        )
    elif missing:
        yield _missing(case, missing, unused)
    elif unused:
        yield Finding(
            counted(len(unused), "a layer of the weights is", "layers of the weights are")
            + " not used by this net",
            several(unused),
            "usual where a deploy net leaves out auxiliary losses of the training",
            NOTE,
        )
    yield from _misfits(case)


def _missing(case: Case, missing: list[str], unused: list[str]) -> Finding:
    """Layers that keep their first values: renamed ones are recognized by their shapes."""
    are = "is" if len(missing) == 1 else "are"
    renamed = [(name, other) for name in missing if (other := _same_shapes(case, name, unused))]
    if renamed:
        pairs = several([f"'{name}' may be '{other}' of the file" for name, other in renamed])
        return Finding(
            counted(
                len(missing),
                "a layer gets no weights: it was renamed",
                "layers get no weights: they were renamed",
            ),
            f"{several(missing)} {are} not in the file; by shapes {pairs}",
            "give the net's layers the names that the file has",
            VERY_LIKELY,
        )
    return Finding(
        counted(
            len(missing),
            "a layer gets no weights and keeps its first values",
            "layers get no weights and keep their first values",
        ),
        f"{several(missing)} {are} not in the file"
        + (f"; it has {several(unused)}, with other shapes" if unused else ""),
        "train them (fine-tuning renames layers on purpose), or find weights that have them",
        VERY_LIKELY if unused else POSSIBLE,
    )


def _same_shapes(case: Case, name: str, unused: list[str]) -> str | None:
    """An unused layer of the file with just the shapes that the net's layer has."""
    blobs = case.net.params[name]
    for other in unused:
        stored = case.stored[other]
        if len(stored) == len(blobs) and all(
            index in stored and stored[index].fits(blob.shape) for index, blob in enumerate(blobs)
        ):
            return other
    return None


def _misfits(case: Case) -> Iterator[Finding]:
    others: dict[str, str] = {}  # layer to its shapes, in words
    for name, blobs in case.net.params.items():
        stored = case.adapted.get(name, {})
        for index, one in sorted(stored.items()):
            if index >= len(blobs):
                yield Finding(
                    f"layer '{name}' has another number of blobs than its weights in the file",
                    f"the net {len(blobs)}, the weights {len(stored)}: "
                    + ", ".join(shape_in_words(each.shape) for each in stored.values()),
                    "look at bias_term and at the layer's type: they decide which blobs there are",
                    CERTAIN,
                )
                break
            if not one.fits(blobs[index].shape):
                shapes = f"the net {blobs[index].shape}, the weights {shape_in_words(one.shape)}"
                others.setdefault(name, f"blob {index}: {shapes}")
            elif one.damage:
                damaged = f"the weights of layer '{name}' are damaged"
                yield Finding(damaged, one.damage, "fetch the file again", CERTAIN)
    if others:
        yield _of_other_shapes(others, len(case.net.params.keys() & case.adapted.keys()))


def _of_other_shapes(others: dict[str, str], layers: int) -> Finding:
    """Of one layer, or of several at once: then the file may be another net's."""
    if len(others) == 1:
        ((name, shapes),) = others.items()
        what = f"layer '{name}' has another shape than its weights in the file"
        return Finding(what, shapes, _RESHAPED, CERTAIN)
    shown = [f"{name}, {shapes}" for name, shapes in others.items()]
    belongs = len(others) > layers / 2
    return Finding(
        f"{len(others)} of the {layers} layers that the file has are of other shapes there",
        "\n".join([*shown[:3], *[f"and {len(shown) - 3} more"] * (len(shown) > 3)]),
        "find the prototxt that was published with these weights" if belongs else _RESHAPED,
        CERTAIN,
    )
