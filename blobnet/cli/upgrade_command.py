"""`blobnet upgrade`: old prototxts and weights in today's form, whichever they are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from blobnet.cli.options import FILE, OUT_FILE, check_folder_of, command_line, import_option
from blobnet.cli.tools._upgrading import Upgrading, net_binary, net_text, solver_text
from blobnet.cli.wrapping import wrapped
from blobnet.errors import ProtoError, WeightsError, explain, printable
from blobnet.input_files import check_file, open_file, shown
from blobnet.limits import enough_memory
from blobnet.proto import SolverParameter
from blobnet.serialization.kinds import EMPTY, PROTOTXT, TEXT, WEIGHTS, is_hdf5, kind_of_file
from blobnet.serialization.prototxt import read_text

_HEAD = 2**20  # bytes of a broken prototxt that are searched for layers
_MARK = "_upgraded"
_LAYERS = re.compile(rb"(?m)^\s*(layers?|input|input_dim)\s*[:{]")


@click.command(
    help="""Write a net, weights or a solver of 2013 or 2014 in today's form.

    What FILE is, its content says: a prototxt with layers or a solver's, or a .caffemodel. Without
    OUT, the result is written beside it: net_upgraded.prototxt. Comments of a prototxt are not
    kept. blobnet reads old files without this, too.
    """,
    epilog="Example: blobnet upgrade old.caffemodel new.caffemodel",
)
@click.argument("source", type=FILE, metavar="FILE")
@click.argument("out", type=OUT_FILE, metavar="[OUT]", required=False)
@click.option("--in-place", "-in-place", is_flag=True, help="Let the result take FILE's place.")
@import_option
def command(source: str, out: Path | None, in_place: bool) -> None:
    if out is not None and in_place:
        raise click.UsageError("--in-place writes to FILE: give no OUT.")
    kind = _kind_of(source)
    target = out or (Path(source) if in_place else _beside(Path(source)))
    check_folder_of(target)
    with enough_memory(f"{shown(source)}: it cannot be upgraded", WeightsError):
        message = kind.read(source)
        new = kind.upgraded(message, source)
        changes = kind.told(message)
        if not changes:
            click.echo(f"{shown(source)} is of today's form already; nothing is written")
            return
        kind.write(target, new)
    for change in changes:
        click.echo(wrapped(printable(change), "changed: ", " " * 9))
    click.echo(f"wrote {shown(target)}")
    click.echo(f"next: {_next(kind, target)}")


def _kind_of(source: str) -> Upgrading[Any]:
    """Raises ProtoError or WeightsError for what has no older form."""
    check_file(source, ProtoError)
    found = kind_of_file(source)
    if is_hdf5(Path(source), WeightsError):
        what, fix = "weights or a state in HDF5", "it has no older form: use it as it is"
        raise WeightsError(_nothing_to_upgrade(source, what, fix))
    if found is WEIGHTS or found is None:
        return net_binary()
    if found not in (PROTOTXT, TEXT, EMPTY):
        raise ProtoError(_nothing_to_upgrade(source, found.what, found.fix))
    return solver_text() if _is_solver(source) else net_text()


def _nothing_to_upgrade(source: str, got: str, fix: str | None) -> str:
    expected = "a prototxt of a net or a solver, or a .caffemodel"
    return explain(f"{shown(source)}: nothing to upgrade", expected=expected, got=got, fix=fix)


def _is_solver(source: str) -> bool:
    """Whether a prototxt is a solver's; where it is neither, what has layers is a net."""
    try:
        net_text().read(source)
    except ProtoError:
        try:
            read_text(source, SolverParameter())
        except ProtoError:
            with open_file(source, ProtoError) as file:
                return not _LAYERS.search(file.read(_HEAD))
        return True
    return False


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.stem}{_MARK}{path.suffix}")


def _next(kind: Upgrading[Any], path: Path) -> str:
    words: list[object] = ["blobnet", "summary", path]
    if kind.what.startswith("Solver"):
        words = ["blobnet", "train", "--solver", path]
    elif kind.what.endswith("binary"):
        return f"--weights {command_line(path)} with the net's prototxt"
    return command_line(*words)
