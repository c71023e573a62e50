"""`blobnet export`: a net and its weights as an ONNX model."""

from __future__ import annotations

from pathlib import Path

import click

from blobnet.cli.differences import dims_in_words, print_differences
from blobnet.cli.net_options import check_growth, growth_option, shape_option
from blobnet.cli.options import (
    FILE,
    OUT_FILE,
    PATH,
    check_folder_of,
    import_option,
    net_state_options,
    option,
    python_option,
    split_list,
)
from blobnet.cli.picture_options import image_input, picture_options
from blobnet.cli.progress import step_progress
from blobnet.exchange.onnx.export import Exported, export_onnx
from blobnet.exchange.onnx.register import writer_of
from blobnet.input_files import shown
from blobnet.net import Net
from blobnet.preprocessing import Settings
from blobnet.preprocessing.in_definitions import definition_beside, settings_in
from blobnet.types import Array, Shape
from blobnet.viz.names import visible
from blobnet.viz.nets import load_net
from blobnet.viz.numbers import in_bytes

_MOST_LISTED = 8


@click.command(
    help="""Write a net with its weights as an ONNX model.

    Then the model runs in ONNX Runtime and the net in blobnet, on the same random inputs, or on
    --image: a difference of more than 1e-4 of an output's largest value is an error that names the
    first layer that differs, and nothing is written. Losses and scores are left out; the batch, and
    the size of images, are free where the net allows it. docs/onnx.md has what each layer type
    becomes.
    """,
    epilog="Example: blobnet export deploy.prototxt lenet.caffemodel lenet.onnx",
)
@click.argument("net", type=FILE)
@click.argument("weights", type=PATH)
@click.argument("out", type=OUT_FILE, metavar="OUT.onnx")
@click.option(
    "--no-check",
    "--no_check",
    is_flag=True,
    help="Write the model without running it: nobody knows then whether it computes the same.",
)
@growth_option
@option("image", type=PATH, metavar="FILE", help="Compare on an image, not on random inputs.")
@picture_options
@net_state_options
@shape_option
@import_option
@python_option
def command(
    net: str,
    weights: Path,
    out: Path,
    no_check: bool,
    tolerance: float,
    image: Path | None,
    settings: Settings,
    level: int,
    stage: str,
    shape: dict[str, Shape],
    allow_python: bool,
) -> None:
    if out.suffix.lower() != ".onnx":
        raise click.BadParameter(f"{shown(out)}: the last name is the model's, OUT.onnx")
    if no_check and image:
        raise click.UsageError("--image is for the check, --no-check leaves it out: one of them.")
    check_growth(no_check, tolerance)
    check_folder_of(out)
    with step_progress() as progress:
        progress("reading the net")
        made = _load(net, level, stage, shape, allow_python)
        missing = made.copy_from(weights)
        texts = {"blobnet.net": Path(net).name, "blobnet.weights": weights.name}
        inputs = _from_image(made, image, settings, Path(net)) if image else None
        texts |= _preparation(made, settings, Path(net))
        exported = export_onnx(
            made,
            out,
            check=not no_check,
            tolerance=tolerance,
            inputs=inputs,
            metadata=texts,
            progress=progress,
        )
    _report(out, exported, missing, texts)
    feed = ", ".join(f"'{visible(name)}': ..." for name in exported.inputs)
    click.echo(f"next: onnxruntime.InferenceSession('{shown(out)}').run(None, {{{feed}}})")


def _load(net: str, level: int, stage: str, shape: dict[str, Shape], allow_python: bool) -> Net:
    """The net for use; layers that read data become inputs of the same shapes."""
    shapes = dict(shape)
    for _ in range(2):
        made = load_net(
            net,
            "TEST",
            level=level,
            stages=split_list(stage),
            shapes=shapes,
            allow_python=allow_python,
        )
        read = {
            name: made.blobs[name].shape
            for wired in made.wired
            if not wired.bottom and not wired.layer.is_input and writer_of(wired.layer) is None
            for name in wired.top_names
        }
        if not read:
            break
        shapes |= read
    return made


def _from_image(net: Net, image: Path, settings: Settings, definition: Path) -> dict[str, Array]:
    """The image as the net's input, which takes its shape."""
    inputs = image_input(net, image, settings, definition)
    for name, values in inputs.items():
        net.blobs[name].reshape(values.shape)
    net.reshape()
    return inputs


def _preparation(net: Net, settings: Settings, definition: Path) -> dict[str, str]:
    """How images are prepared, for the metadata; nothing where nobody says it."""
    if not settings:
        beside = definition_beside(definition)
        settings = settings_in(definition, reads_mean=False) or (
            settings_in(beside, reads_mean=False) if beside else settings
        )
    shape = net.blobs[net.inputs[0]].shape if settings and net.inputs else ()
    if len(shape) < 2:
        return {}
    return {f"preprocessing.{key}": text for key, text in settings.texts(shape[1]).items()}


def _report(out: Path, exported: Exported, missing: list[str], texts: dict[str, str]) -> None:
    size = in_bytes(exported.bytes)
    click.echo(f"wrote {shown(out)}: {exported.nodes} nodes of opset 17, {size}")
    for name, dims in exported.inputs.items():
        click.echo(f"  input {visible(name)}: {dims_in_words(dims)}")
    if exported.left_out:
        click.echo(f"  left out, as in a deploy net: {_listed(exported.left_out)}")
    if missing:
        click.echo(f"  not in the weights, so as their fillers left them: {_listed(missing)}")
    for key, text in texts.items():
        if key.startswith("preprocessing."):
            click.echo(f"  metadata {key}: {visible(text)}")
    print_differences(
        exported.differences,
        exported.outputs,
        "whether it computes the same nobody knows; leave out --no-check",
    )


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    return ", ".join(map(visible, names[:_MOST_LISTED])) + more
