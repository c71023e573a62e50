"""What the commands have in common that look at a net: which one, in which form."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import click

from blobnet.cli.options import LARGEST_INT, net_state_options, option
from blobnet.comparing.difference import TOLERANCE
from blobnet.types import Shape

Command = TypeVar("Command", bound=Callable[..., Any])


def _read_shapes(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> dict[str, Shape]:
    """`data=64,1,28,28`: a blob's name and the sizes of its axes."""
    shapes = {}
    for value in values:
        blob, _, dims = value.rpartition("=")
        sizes = [size.strip() for size in dims.split(",")]
        if not blob or not all(size.isdecimal() and len(size) < 19 for size in sizes):
            raise click.BadParameter(f"'{value}' is no shape; write data=64,1,28,28", ctx, param)
        shapes[blob] = tuple(int(size) for size in sizes)
    return shapes


def shape_option(command: Command) -> Command:
    """--shape, for data that is not there."""
    return option(
        "shape",
        multiple=True,
        callback=_read_shapes,
        metavar="BLOB=N,C,H,W",
        help="Take this shape instead of reading data; may be repeated.",
    )(command)


def net_form_options(command: Command) -> Command:
    """--phase, --level, --stage, and --shape for data that is not there."""
    command = net_state_options(shape_option(command))
    return option(
        "phase",
        type=click.Choice(["TRAIN", "TEST"]),
        default="TRAIN",
        show_default=True,
        help="Which form of the net.",
    )(command)


def agreement_options(seed_help: str) -> Callable[[Command], Command]:
    """--tolerance and --seed: when two ways to compute agree, and on which inputs that is tried."""

    def decorate(command: Command) -> Command:
        command = option(
            "seed",
            type=click.IntRange(min=0, max=LARGEST_INT),
            default=1,
            show_default=True,
            metavar="N",
            help=seed_help,
        )(command)
        return _tolerance(0, "How far apart both may be, beside a blob's largest value.")(command)

    return decorate


def growth_option(command: Command) -> Command:
    """--tolerance for two programs that ran: how far roundings may have grown."""
    words = "How far outputs may be apart, beside their largest values, where roundings grow: "
    return _tolerance(TOLERANCE, words + "each layer by itself must agree to 1e-5 all the same.")(
        command
    )


def check_growth(no_check: bool, tolerance: float) -> None:
    """Raise where both are said: one of them would be ignored."""
    if no_check and tolerance != TOLERANCE:
        what = "--tolerance is for the check, --no-check leaves it out: one of them."
        raise click.UsageError(what)


def _tolerance(least: float, words: str) -> Callable[[Command], Command]:
    return option(
        "tolerance",
        type=click.FloatRange(min=least),
        callback=_check_number,
        default=TOLERANCE,
        show_default=True,
        metavar="X",
        help=words,
    )


def _check_number(ctx: click.Context, param: click.Parameter, number: float) -> float:
    if math.isnan(number):
        raise click.BadParameter("nan is no number to compare with", ctx, param)
    return number


def form_words(phase: str, level: int, stage: str, shape: dict[str, Shape]) -> list[str]:
    """The same options as words of a command."""
    words = ["--phase", phase]
    if level:
        words += ["--level", str(level)]
    if stage:
        words += ["--stage", stage]
    for name, dims in shape.items():
        words += ["--shape", f"{name}={','.join(map(str, dims))}"]
    return words
