"""Options that several commands share, in Caffe's spellings: `--solver x`, `-solver=x`."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from blobnet.errors import printable
from blobnet.loggers import named_logger
from blobnet.ops.parallel import threads_set_to

_log = named_logger("blobnet.cli")

FOLDER = click.Path(file_okay=False, path_type=Path)
AT_LEAST_ONE = click.IntRange(min=1)

Command = TypeVar("Command", bound=Callable[..., Any])


def option(name: str, **settings: Any) -> Callable[[Command], Command]:
    """`--name`, and Caffe's `-name`."""
    return click.option(f"--{name}", f"-{name}", **settings)


def net_state_options(command: Command) -> Command:
    """--level and --stage: what include and exclude rules may ask for."""
    command = option(
        "stage", default="", metavar="A,B", help="Stages of the net, separated by commas."
    )(command)
    return option("level", default=0, show_default=True, metavar="N", help="Level of the net.")(
        command
    )


def gpu_option(command: Command) -> Command:
    """--gpu, which scripts written for Caffe pass."""
    return option(
        "gpu", default="", metavar="ID", help="Accepted for Caffe's scripts; the CPU is used."
    )(command)


def python_option(command: Command) -> Command:
    """--allow-python, for the commands that look at nets."""
    return click.option(
        "--allow-python",
        "--allow_python",
        "-allow_python",
        is_flag=True,
        help="Run the modules that the net's Python layers name; else such a net is refused.",
    )(command)


def threads_option(command: Command) -> Command:
    """--threads: how many threads work while the command runs."""

    @wraps(command)
    def run(*args: Any, threads: int | None, **settings: Any) -> Any:
        with threads_set_to(threads):
            return command(*args, **settings)

    return option(
        "threads",
        type=AT_LEAST_ONE,
        metavar="N",
        help="Threads to compute with; they change no result.  [default: all processors]",
    )(cast(Command, run))


def note_cpu(request: str = "") -> None:
    """Say once what computes; a `request` for a GPU is answered by the CPU."""
    if request:
        _log.warning("%s: blobnet runs on the CPU", request)
    else:
        _log.info("Use CPU.")


def split_list(text: str) -> list[str]:
    """`a,b` as a list; an empty text as an empty one."""
    return [part.strip() for part in text.split(",") if part.strip()]


def command_line(*words: object) -> str:
    """A command to paste into a shell: words with spaces are quoted."""
    texts = [printable(str(word)) for word in words]
    if os.name == "nt":
        from subprocess import list2cmdline

        return list2cmdline(texts)
    from shlex import join

    return join(texts)
