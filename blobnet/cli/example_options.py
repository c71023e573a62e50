"""Options of the examples that train several nets and draw them in one picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from blobnet.cli.options import AT_LEAST_ONE, OUT_FILE, threads_option

Command = TypeVar("Command", bound=Callable[..., Any])


def comparison_options(picture: str) -> Callable[[Command], Command]:
    """--iterations, --out and --threads; `picture` is its name where --out says nothing."""
    iterations = click.option(
        "--iterations",
        type=AT_LEAST_ONE,
        default=300,
        show_default=True,
        metavar="N",
        help="How long to train each.",
    )
    out = click.option(
        "--out",
        type=OUT_FILE,
        default=Path(picture),
        show_default=True,
        metavar="FILE",
        help="Where the picture goes.",
    )
    return lambda command: iterations(out(threads_option(command)))
