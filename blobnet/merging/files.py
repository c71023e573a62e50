"""A merged net as files, which are tried out before they get their names."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from blobnet.blob import Blob
from blobnet.comparing.difference import TOLERANCE
from blobnet.comparing.inputs import random_inputs, run
from blobnet.definitions import definition_of
from blobnet.errors import NetError, explain
from blobnet.input_files import shown
from blobnet.merging.check import OutputDifference, compare_outputs
from blobnet.merging.merge import merge
from blobnet.merging.merged import Merged
from blobnet.net import Net
from blobnet.netdef import filter_net
from blobnet.proto import LayerParameter, NetParameter
from blobnet.serialization.files import atomic_writes
from blobnet.serialization.prototxt import write_text
from blobnet.serialization.small_numbers import FORK_OF, Numbers
from blobnet.serialization.weights import write_caffemodel
from blobnet.types import Array, Shape
from blobnet.viz.nets import load_net
from blobnet.weights.trained_layers import fork_named


@dataclass(frozen=True)
class NetForm:
    """Which form of a net is meant, and how to load it: see `load_net`."""

    level: int = 0
    stages: tuple[str, ...] = ()
    shapes: Mapping[str, Shape] | None = None
    allow_python: bool = True

    def load(self, source: str | PathLike[str] | NetParameter, seed: int) -> Net:
        """The net in the phase TEST."""
        return load_net(
            source,
            "TEST",
            level=self.level,
            stages=self.stages,
            shapes=self.shapes,
            allow_python=self.allow_python,
            seed=seed,
        )


@dataclass(frozen=True)
class WrittenMerge:
    """What has been written; no files where nothing could be merged.

    differences  output name to how far both nets are apart there
    rounded      the same between the merged net and what was written, in fewer bytes
    nets         the merged net, and what was written
    """

    merged: Merged
    files: tuple[Path, ...] = ()
    differences: Mapping[str, OutputDifference] | None = None
    rounded: Mapping[str, OutputDifference] | None = None
    nets: tuple[Net, Net] | None = None


def merge_files(
    net_file: str | PathLike[str],
    weights: str | PathLike[str],
    out: Path,
    form: NetForm | None = None,
    *,
    seed: int = 1,
    tolerance: float = TOLERANCE,
    numbers: Numbers | None = None,
) -> WrittenMerge:
    """Merge a net and write `out`.prototxt and `out`.caffemodel.

    seed       draws the inputs that both nets are tried with
    tolerance  how far an output may be apart, beside its largest value
    numbers    the weights are written in fewer bytes; then whether anything is merged or not, and
               what that does to outputs is no error

    Raises NetError, naming the output, where one is farther apart; then nothing is written.
    """
    form = form or NetForm()
    net = form.load(net_file, seed)
    net.copy_from(weights, complete=True)
    definition = plain_definition(net_file, form)
    merged = merge(net, definition)
    if not merged.merges and numbers is None:
        return WrittenMerge(merged)
    inputs = random_inputs(net, seed)
    run(net, inputs)
    filled = _filled(form.load(merged.definition, seed), net, merged)
    run(filled, inputs)
    changed = {name for each in merged.merges for name in (each.into, *each.layers)}
    differences = compare_outputs(net, filled, tolerance, changed)
    files = (out.with_name(f"{out.name}.prototxt"), out.with_name(f"{out.name}.caffemodel"))
    with atomic_writes() as write:
        with write(files[0]) as text:
            write_text(text, merged.definition)
        with write(files[1]) as binary:
            _write_weights(binary, merged, filled, numbers)
        written = form.load(text, seed)
        written.copy_from(binary, complete=True)
        run(written, inputs)
        allowed = tolerance if numbers is None else math.inf
        last = compare_outputs(filled, written, allowed)
    nets = (filled, written)
    return WrittenMerge(merged, files, differences, last if numbers else None, nets)


def _write_weights(path: Path, merged: Merged, net: Net, numbers: Numbers | None) -> None:
    fork = fork_named(name) if numbers and (name := FORK_OF[numbers]) else None
    layers = _with_weights(merged, net)
    write_caffemodel(path, merged.definition.name, layers, fork=fork, numbers=numbers)


def plain_definition(net_file: str | PathLike[str], form: NetForm) -> NetParameter:
    """The layers of the phase TEST, without the rules that say so, nor weights."""
    definition = filter_net(definition_of(net_file, "TEST", form.level, form.stages))
    definition.ClearField("state")
    for layer in definition.layer:
        for name in ("include", "exclude", "blobs"):
            layer.ClearField(name)
    return definition


def _filled(target: Net, source: Net, merged: Merged) -> Net:
    """The merged net with its weights: those that were made, and those that stay."""
    made = {each.into: (each.weight, each.bias) for each in merged.merges}
    for wired in target.wired:
        layer = wired.layer
        arrays: Iterable[Array] = made.get(
            layer.name, [blob.data for blob in source.params.get(layer.name, [])]
        )
        for blob, values in zip(layer.blobs_, arrays, strict=True):
            blob.data[...] = values.reshape(blob.shape)
    return target


def _with_weights(merged: Merged, net: Net) -> Iterator[tuple[LayerParameter, list[Blob]]]:
    """Each layer of the definition, with its blobs."""
    for layer in merged.definition.layer:
        yield layer, net.params.get(layer.name, [])


def check_out(out: Path, sources: Iterable[str | PathLike[str]]) -> Path:
    """`out` without the ending of a file. Raises NetError where a source would be overwritten."""
    if out.suffix in (".prototxt", ".caffemodel"):
        out = out.with_suffix("")
    for ending in (".prototxt", ".caffemodel"):
        path = out.with_name(out.name + ending)
        for source in sources:
            if path.exists() and path.samefile(source):
                what = f"{shown(path)} would replace what it is made of"
                raise NetError(explain(what, fix="name the result otherwise"))
    return out
