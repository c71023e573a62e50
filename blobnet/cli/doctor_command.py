"""`blobnet doctor`: what is wrong, in plain words."""

from __future__ import annotations

import json as json_format
from dataclasses import asdict
from pathlib import Path

import click

from blobnet.cli.net_options import shape_option
from blobnet.cli.options import (
    OUT_FILE,
    PATH,
    check_folder_of,
    import_option,
    option,
    python_option,
)
from blobnet.cli.picture_options import picture_options
from blobnet.cli.progress import stage_progress
from blobnet.cli.wrapping import wrapped
from blobnet.doctor import Case, Finding, examine
from blobnet.input_files import shown
from blobnet.preprocessing import Settings
from blobnet.preprocessing.image_files import find_images
from blobnet.serialization.files import atomic_write
from blobnet.types import Shape
from blobnet.viz.names import visible

_INDENT = " " * 9
_FOUND = 1
"""The exit code where something is wrong, as of other programs that check."""


@click.command(
    help="""Tell what is wrong with a net, its weights, its images or its training.

    The more is given, the more is seen: with WEIGHTS names, shapes and statistics, with --image
    how images are prepared, with --solver and --log the training. A solver or a log can be
    examined alone; the net is then the one that the solver names. Ends with 1 where it finds
    faults, with 0 where it finds none.
    """,
    epilog="Example: blobnet doctor deploy.prototxt net.caffemodel --image cat.jpg "
    "--mean 104,117,123",
)
@click.argument("net", type=PATH, required=False)
@click.argument("weights", type=PATH, required=False)
@option("solver", type=PATH, metavar="FILE", help="The solver of the training.")
@option(
    "image",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="An image of the kind the net is for, or a folder; may be repeated.",
)
@option("log", type=PATH, metavar="FILE", help="The log of the training.")
@option("json", type=OUT_FILE, metavar="FILE", help="Write the findings.")
@picture_options
@shape_option
@import_option
@python_option
def command(
    net: Path | None,
    weights: Path | None,
    solver: Path | None,
    image: tuple[Path, ...],
    log: Path | None,
    json: Path | None,
    settings: Settings,
    shape: dict[str, Shape],
    allow_python: bool,
) -> None:
    if net is None and solver is None and log is None:
        raise click.UsageError("name a net, a --solver or a --log: what is to be examined?")
    if json:
        check_folder_of(json)
    case = Case(
        net,
        weights,
        solver=solver,
        images=find_images(image),
        log=log,
        settings=settings,
        shapes=shape,
        allow_python=allow_python,
    )
    with stage_progress() as tell:
        found = examine(case, tell)
    faults = [each for each in found if not each.is_note]
    _tell(faults, [each for each in found if each.is_note])
    if json:
        with atomic_write(json) as temporary:
            temporary.write_text(json_format.dumps([asdict(each) for each in found], indent=2))
        click.echo(f"wrote {shown(json)}")
    if not faults:
        click.echo(_next(case))
    click.get_current_context().exit(_FOUND if faults else 0)


def _tell(faults: list[Finding], notes: list[Finding]) -> None:
    if not faults:
        click.echo("nothing wrong was found")
    for number, each in enumerate(faults, 1):
        click.echo(wrapped(f"{visible(each.what)} ({each.in_words})", f"{number}. ", "   "))
        _tell_more(each)
    if notes:
        click.echo("\ngood to know:")
    for each in notes:
        click.echo(wrapped(visible(each.what), "- "))
        _tell_more(each)


def _tell_more(finding: Finding) -> None:
    for word, text in (("seen", finding.evidence), ("try", finding.advice)):
        if text:
            first = f"   {word + ':':5} "
            for line in text.splitlines():
                click.echo(wrapped(visible(line.strip()), first, _INDENT))
                first = _INDENT


def _next(case: Case) -> str:
    """What would let more be seen."""
    missing = [
        (not case.has_net, "NET"),
        (case.weights_path is None, "WEIGHTS"),
        (not case.image_paths, "--image"),
        (case.solver_path is None, "--solver"),
        (case.log_path is None, "--log"),
    ]
    words = [word for is_missing, word in missing if is_missing]
    return f"next: more is seen with {', '.join(words)}" if words else "next: blobnet predict"
