"""`blobnet import`: an ONNX model as a prototxt and a caffemodel."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.differences import print_differences
from blobnet.cli.net_options import check_growth, growth_option, shape_option
from blobnet.cli.options import PATH, check_folder_of, command_line
from blobnet.cli.progress import step_progress
from blobnet.exchange.onnx.importing import Imported, import_onnx
from blobnet.input_files import shown
from blobnet.layer_register import LayerType
from blobnet.serialization.files import atomic_writes
from blobnet.serialization.prototxt import text_of
from blobnet.types import Shape
from blobnet.viz.names import visible

_SUFFIXES = (".prototxt", ".caffemodel")


@click.command(
    help="""Read an ONNX model made of Caffe's operations, as OUT.prototxt and OUT.caffemodel.

    Then the model runs in ONNX Runtime and the net in blobnet, on the same random inputs: a
    difference of more than 1e-4 of a blob's largest value is an error, and nothing is written.
    A PyTorch net comes in through torch.onnx.export. docs/onnx.md has the operators that are read.
    """,
    epilog="Example: blobnet import model.onnx model",
)
@click.argument("model", type=PATH, metavar="MODEL.onnx")
@click.argument("out", type=PATH)
@click.option(
    "--no-check",
    "--no_check",
    is_flag=True,
    help="Write the net without running it: nobody knows then whether it computes the same.",
)
@growth_option
@shape_option
def command(
    model: Path, out: Path, no_check: bool, tolerance: float, shape: dict[str, Shape]
) -> None:
    stem = out.with_suffix("") if out.suffix in _SUFFIXES else out
    prototxt, weights = (stem.with_name(stem.name + suffix) for suffix in _SUFFIXES)
    check_growth(no_check, tolerance)
    check_folder_of(prototxt)
    with step_progress() as progress:
        imported = import_onnx(
            model, shapes=shape, check=not no_check, tolerance=tolerance, progress=progress
        )
        progress("writing the files")
        _write(imported, prototxt, weights)
    _report(imported, prototxt, weights)
    click.echo(f"next: {command_line('blobnet', 'summary', prototxt, '--phase', 'TEST')}")


def _write(imported: Imported, prototxt: Path, weights: Path) -> None:
    """Both or none."""
    with atomic_writes() as write:
        with write(weights) as temporary:
            temporary.write_bytes(imported.net.to_proto().SerializeToString())
        with write(prototxt) as temporary:
            temporary.write_text(text_of(imported.definition), encoding="utf-8")


def _report(imported: Imported, prototxt: Path, weights: Path) -> None:
    layers = len(imported.definition.layer)
    click.echo(f"wrote {shown(prototxt)}, {layers} layers, and {shown(weights)}")
    for name in imported.net.inputs:
        size = " x ".join(map(str, imported.net.blobs[name].shape))
        click.echo(f"  input {visible(name)}: {size}")
    forks = {
        layer.type: LayerType.of(layer.type).forks[0]
        for layer in imported.definition.layer
        if LayerType.of(layer.type).forks
    }
    if forks:
        words = ", ".join(f"{name} ({fork})" for name, fork in sorted(forks.items()))
        click.echo(f"  of forks of Caffe: {words}")
    print_differences(
        imported.differences,
        {one.name: one.shape for one in imported.differences},
        "whether it computes the same nobody knows; leave out --no-check",
    )
