"""Options that several commands share, in Caffe's spellings: `--solver x`, `-solver=x`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def option(name: str, **settings: Any) -> Callable[[Command], Command]:
    """`--name`, and Caffe's `-name`."""
    return click.option(f"--{name}", f"-{name}", **settings)


def net_state_options(command: Command) -> Command:
    """--level and --stage: what include and exclude rules may ask for."""
    command = option(
        "stage", default="", metavar="A,B", help="Stages of the net, separated by commas."
    )(command)
    return option("level", default=0, show_default=True, help="Level of the net.")(command)


def gpu_option(command: Command) -> Command:
    """--gpu, which scripts written for Caffe pass."""
    return option(
        "gpu", default="", metavar="ID", help="Accepted for Caffe's scripts; the CPU is used."
    )(command)


def note_cpu(gpu: str) -> None:
    """Say once that a request for a GPU is answered by the CPU."""
    if gpu:
        logging.getLogger("blobnet.cli").warning("--gpu %s: blobnet runs on the CPU", gpu)
    else:
        logging.getLogger("blobnet.cli").info("Use CPU.")


def split_list(text: str) -> list[str]:
    """`a,b` as a list; an empty text as an empty one."""
    return [part.strip() for part in text.split(",") if part.strip()]
