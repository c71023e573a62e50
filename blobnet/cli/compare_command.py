"""`blobnet compare`: a net beside another program, another net, or what was recorded."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from blobnet.cli.comparison_tables import csv_of, json_of, lines_of
from blobnet.cli.net_options import agreement_options, shape_option
from blobnet.cli.options import (
    FILE,
    OUT_FILE,
    PATH,
    check_folder_of,
    command_line,
    import_option,
    net_state_options,
    option,
    python_option,
    split_list,
)
from blobnet.cli.picture_options import image_input, picture_options
from blobnet.cli.progress import stage_progress
from blobnet.comparing.blobs import compare_blobs, own_blobs
from blobnet.comparing.inputs import given_inputs, random_inputs, run
from blobnet.comparing.others import of_net, of_onnx, of_opencv, of_recording
from blobnet.comparing.picture import PURPOSE, save_comparison
from blobnet.input_files import is_folder, shown
from blobnet.merging.files import NetForm
from blobnet.net import Net
from blobnet.preprocessing import Settings
from blobnet.serialization.files import atomic_write
from blobnet.types import Array, Shape
from blobnet.viz.curves import check_picture
from blobnet.viz.names import visible

_BEYOND = 1  # the exit code where a blob differs
_OPENCV = "opencv"


@click.command(
    help="""Compare a net, blob by blob, with another way to compute it.

    OTHER is an ONNX model (ONNX Runtime computes it), the word opencv (OpenCV 4), another net
    (OTHER.prototxt, or OTHER.prototxt,OTHER.caffemodel), or blobs that were recorded: a .npz, or a
    folder of .npy files, by the blobs' names; recorded inputs are taken as inputs. Exit code 1 says
    that a blob is beyond the tolerance.
    """,
    epilog="Example: blobnet compare deploy.prototxt net.caffemodel --with net.onnx --out a.png",
)
@click.argument("net", type=FILE, metavar="NET")
@click.argument("weights", type=FILE, metavar="WEIGHTS")
@option("with", required=True, type=FILE, metavar="OTHER", help="What to compare it with.")
@option("image", type=PATH, metavar="FILE", help="An image as the input.")
@option(
    "input",
    multiple=True,
    metavar="[NAME=]FILE.npy",
    help="Values for an input; without NAME for the first.  [default: random]",
)
@agreement_options("Draws random inputs.")
@option("out", type=OUT_FILE, metavar="OUT.png", help="Draw how far each blob is apart.")
@option("csv", type=OUT_FILE, metavar="FILE", help="Write the table.")
@option("json", type=OUT_FILE, metavar="FILE", help="Write all that is told.")
@picture_options
@net_state_options
@shape_option
@import_option
@python_option
def command(
    net: str,
    weights: str,
    image: Path | None,
    input: tuple[str, ...],
    seed: int,
    tolerance: float,
    out: Path | None,
    csv: Path | None,
    json: Path | None,
    settings: Settings,
    level: int,
    stage: str,
    shape: dict[str, Shape],
    allow_python: bool,
    **other: str,
) -> int:
    _check(image, input, out, csv, json)
    form = NetForm(level, tuple(split_list(stage)), shape, allow_python)
    made = form.load(net, seed)
    made.copy_from(weights)
    other_side = other["with"]
    recorded = _recorded(other_side, made)
    inputs = _inputs(made, image, input, settings, Path(net), recorded, seed)
    with stage_progress() as tell:
        tell(f"running {visible(net)}")
        run(made, inputs)
        tell(f"running {visible(other_side)}")
        values = recorded or _other_blobs(other_side, net, weights, made, inputs, form, seed)
        tell("comparing")
        found = compare_blobs(made, values)
    first = next(found.beyond(tolerance), None)
    for line in lines_of(found, tolerance):
        click.echo(line)
    heading = f"{Path(net).name} beside {Path(other_side).name}"
    if csv:
        _write(csv, csv_of(found, tolerance))
    if json:
        _write(json, json_of(found, tolerance))
    if out:
        save_comparison(found, tolerance, out, heading)
        click.echo(f"wrote {shown(out)}")
    differs = first is not None
    click.echo(f"next: {_next(net, weights, differs, out, image)}")
    return _BEYOND if first is not None else 0


def _check(
    image: Path | None,
    arrays: tuple[str, ...],
    out: Path | None,
    csv: Path | None,
    json: Path | None,
) -> None:
    if image and arrays:
        raise click.UsageError("--image or --input: one of them.")
    for file in filter(None, (out, csv, json)):
        check_folder_of(file)
    if out:
        check_picture(out, PURPOSE)


def _recorded(other: str, net: Net) -> dict[str, Array]:
    """The blobs of a recording; empty where it is something else."""
    if is_folder(other) or other.endswith((".npz", ".npy")):
        return of_recording(Path(other), own_blobs(net))
    return {}


def _inputs(
    net: Net,
    image: Path | None,
    arrays: tuple[str, ...],
    settings: Settings,
    definition: Path,
    recorded: dict[str, Array],
    seed: int,
) -> dict[str, Array]:
    """What goes in, which is told; the net takes its shapes."""
    said: dict[str, Array] = {}
    if image:
        said = image_input(net, image, settings, definition)
    for text in arrays:
        said.update(given_inputs(net, text))
        click.echo(f"input: {shown(text)}")
    for name, values in recorded.items():
        if name in net.inputs and name not in said:
            said[name] = np.asarray(values, np.float32)
            click.echo(f"input: {visible(name)} as it was recorded")
    for name, values in said.items():
        net.blobs[name].reshape(values.shape)
    net.reshape()
    drawn = random_inputs(net, seed)
    if drawn.keys() - said.keys():
        names = ", ".join(visible(name) for name in drawn if name not in said)
        click.echo(f"input: {names}: random, --seed {seed}")
    return {**drawn, **said}


def _other_blobs(
    other: str,
    net_file: str,
    weights: str,
    net: Net,
    inputs: dict[str, Array],
    form: NetForm,
    seed: int,
) -> dict[str, Array]:
    if other == _OPENCV:
        return of_opencv(net_file, weights, net, inputs)
    if other.endswith(".onnx"):
        return of_onnx(Path(other), net, inputs)
    definition, *own_weights = other.split(",")
    made = form.load(definition, seed)
    made.copy_from(own_weights or weights)
    return of_net(made, inputs)


def _write(path: Path, text: str) -> None:
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    click.echo(f"wrote {shown(path)}")


def _next(net: str, weights: str, differs: bool, out: Path | None, image: Path | None) -> str:
    if differs:
        return command_line("blobnet", "doctor", net, weights)
    if out is None:
        return "--out apart.png draws how far each blob is apart"
    more = "" if image else "; try --image with a picture of your own"
    return f"both compute the same{more}"
