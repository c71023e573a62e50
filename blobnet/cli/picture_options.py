"""Options that say how images were prepared for a net, and what is found where they say nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from blobnet.cli.options import FILE, check_text, finite, option, read_sides
from blobnet.cli.wrapping import wrapped
from blobnet.input_files import is_file, shown
from blobnet.net import Net
from blobnet.preprocessing import Settings
from blobnet.preprocessing.image_files import read_image
from blobnet.preprocessing.in_definitions import definition_beside, settings_in
from blobnet.preprocessing.mean_files import parse_mean
from blobnet.preprocessing.preprocessing import Size
from blobnet.types import Array

Command = TypeVar("Command", bound=Callable[..., Any])

OPTIONS = "the options"


def picture_options(command: Command) -> Command:
    """--like, --mean, --scale, --channels, --size, --shorter and --crop: one argument, `settings`.

    Those that are given win over what the definition of --like says.
    """

    @wraps(command)
    def run(*args: Any, **said: Any) -> Any:
        like, mean = said.pop("like"), said.pop("mean")
        settings = Settings(
            mean=parse_mean(mean) if mean else None,
            scale=said.pop("scale"),
            channels=said.pop("channels"),
            origin=OPTIONS,
            **_size(said.pop("size")),
            shorter=said.pop("shorter"),
            crop=said.pop("crop"),
            mean_file=mean if mean and is_file(mean) else None,
        )
        found = settings_in(Path(like), reads_mean=not mean) if like else Settings()
        return command(*args, settings=settings.or_else(found), **said)

    decorated = cast(Command, run)
    for name, kind in reversed(_OPTIONS.items()):
        decorated = option(name, **kind)(decorated)
    return decorated


def found_beside(settings: Settings, net: Path) -> Settings:
    """Where nothing is said: what the definition with data layers says that lies beside the net.

    Raises click.UsageError where there is none.
    """
    if settings:
        return settings
    beside = definition_beside(net)
    found = settings_in(beside) if beside else settings_in(net)
    if found:
        return found
    raise click.UsageError(
        f"how were images prepared for {shown(net)}?\n"
        "No definition of its training lies there. Name one: --like train_val.prototxt\n"
        "or say it: --mean 104,117,123 --scale 0.017 --channels BGR --size 256x256\n"
        "Where images go in as they are: --scale 1"
    )


def image_input(net: Net, image: Path, settings: Settings, definition: Path) -> dict[str, Array]:
    """An image as the net's first input, prepared as `settings` say; which is told.

    Raises what `found_beside` raises, NetError where that input is no image, and DataError.
    """
    name = net.inputs[0] if net.inputs else ""
    shape = net.blobs[name].shape if name else ()
    how = found_beside(settings, definition).preprocessing(shape)
    values = how(read_image(image, gray=how.channels == "GRAY"))[None]
    click.echo(wrapped(f"input: {shown(image)}: {', '.join(how.steps())}"))
    return {name: values}


def _size(said: Size | bool | None) -> dict[str, Any]:
    """What --size means: rows and columns, or that images keep theirs."""
    return {"own_size": True} if said is True else {"size": said}


def _read_size(ctx: click.Context, param: click.Parameter, text: str) -> Size | bool | None:
    """As `read_sides` reads it; `own` for --size alone."""
    if not text:
        return None
    if text == "own" and param.name == "size":
        return True
    return read_sides(ctx, param, text, " or own" if param.name == "size" else "")


def _finite_or_none(ctx: click.Context, param: click.Parameter, number: float | None) -> Any:
    return None if number is None else finite(ctx, param, number)


_OPTIONS: dict[str, dict[str, Any]] = {
    "like": {
        "type": FILE,
        "default": "",
        "metavar": "PROTOTXT",
        "help": "A definition whose data layers say how images are prepared: train_val.prototxt.  "
        "[default: one that lies beside NET]",
    },
    "mean": {
        "default": "",
        "callback": check_text,
        "metavar": "B,G,R|FILE",
        "help": "Subtracted, before the scale: values of the channels, .binaryproto or .npy.",
    },
    "scale": {
        "type": float,
        "callback": _finite_or_none,
        "metavar": "X",
        "help": "What the rest is multiplied by.",
    },
    "channels": {
        "type": click.Choice(["BGR", "RGB"], case_sensitive=False),
        "help": "Their order: BGR is Caffe's own.",
    },
    "size": {
        "default": "",
        "callback": _read_size,
        "metavar": "N|HxW|own",
        "help": "What images are resized to; the net's input is the middle of it. own: they keep "
        "their size, and the net takes it.  [default: the input's size]",
    },
    "shorter": {
        "type": click.IntRange(1, 10000),
        "metavar": "N",
        "help": "What the shorter side is resized to, the longer to at most 5/3 of it: 600 for "
        "Faster R-CNN.",
    },
    "crop": {
        "default": "",
        "callback": _read_size,
        "metavar": "N|HxW",
        "help": "The net's input, where it is not to be what NET states.",
    },
}
