"""By which name the program was called: `blobnet`, or `caffe`, which is the same."""

from __future__ import annotations

import click

BLOBNET = "blobnet"
CAFFE = "caffe"


def program_name() -> str:
    """That of the command that runs, for its messages."""
    context = click.get_current_context(silent=True)
    name = context.find_root().info_name if context is not None else None
    return name if name == CAFFE else BLOBNET


def called_as_caffe() -> bool:
    """Whether Caffe's own manners are expected: its output is read by programs."""
    return program_name() == CAFFE
