"""Options of the tools that write databases."""

from __future__ import annotations

from collections.abc import Callable

import click
import numpy as np

from blobnet.cli.options import LARGEST_INT, Command, option
from blobnet.datasets.database_writer import BACKENDS
from blobnet.loggers import named_logger

_log = named_logger("blobnet.cli")


def backend_option(default: str) -> Callable[[Command], Command]:
    """-backend: lmdb or leveldb."""
    return option(
        "backend",
        type=click.Choice(BACKENDS),
        default=default,
        show_default=True,
        help="The kind of database.",
    )


def seed_option(command: Command) -> Command:
    """-random_seed, which Caffe's tools have not: they draw one, as is done without it."""
    return option(
        "random_seed",
        type=click.IntRange(min=0, max=LARGEST_INT),
        metavar="N",
        help="The same N gives the same order.  [default: drawn, and told in the log]",
    )(command)


def rng_of(seed: int | None) -> np.random.Generator:
    """What draws; the log says from which seed, so that it can be drawn again."""
    if seed is None:
        seed = drawn_seed()
    _log.info("Random seed: %d", seed)
    return np.random.default_rng(seed)


def drawn_seed() -> int:
    return int(np.random.default_rng().integers(LARGEST_INT))
