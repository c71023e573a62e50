"""Options that several commands share, in Caffe's spellings: `--solver x`, `-solver=x`."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Collection, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click
from click.shell_completion import CompletionItem

from blobnet.cli.glog import CAFFES_FLAGS
from blobnet.errors import BlobnetError, explain, printable
from blobnet.glog.flags import read_switch
from blobnet.importing import import_module, raised_inside
from blobnet.input_files import is_folder, shown
from blobnet.loggers import named_logger
from blobnet.ops.parallel import threads_set_to

_log = named_logger("blobnet.cli")

LARGEST_INT = 2**31 - 1  # of the numbers in Caffe's definitions
_MOST_THREADS = 1024
_LONGEST_SIDE = 2**16  # of an image that is asked for
_WITH_VALUE = re.compile(r"(--?)(?P<name>[a-z_0-9]+)=(.*)", re.DOTALL)


class _PathType(click.Path):
    """click's, which knows that some texts are no paths."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return super().convert(_checked_path(value, param, ctx), param, ctx)


class _FileName(click.ParamType):  # type: ignore[type-arg]
    """The text of a path, or of several: whether something is there its reader finds out.

    An empty one is as good as none, as in Caffe: scripts pass `--snapshot="$STATE"`.
    """

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return _checked_path(value, param, ctx) if value else value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return [CompletionItem(incomplete, type="file")]


def _checked_path(value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
    try:
        if os.fspath(value).strip(", ") and b"\0" not in os.fsencode(value):
            return value
    except UnicodeEncodeError:
        pass
    raise click.BadParameter(f"'{shown(value)}' is no path", ctx, param)


FILE = _FileName()
PATH = _PathType(path_type=Path)
OUT_FILE = _PathType(dir_okay=False, path_type=Path)
FOLDER = _PathType(file_okay=False, path_type=Path)
AT_LEAST_ONE = click.IntRange(min=1)
ITERATIONS = click.IntRange(min=0, max=LARGEST_INT)
_LEVEL = click.IntRange(min=-LARGEST_INT, max=LARGEST_INT)

Command = TypeVar("Command", bound=Callable[..., Any])


def option(name: str, **settings: Any) -> Callable[[Command], Command]:
    """`--name`, and Caffe's `-name`."""
    return click.option(f"--{name}", f"-{name}", **settings)


def switch(name: str, **settings: Any) -> Callable[[Command], Command]:
    """A boolean as gflags reads it: `--name`, `-name`, `--noname`, `--name=true`, `-name=0`.

    The forms with a value come from `settle_switches`.
    """
    return click.option(
        f"--{name}/--no{name}", f"-{name}/-no{name}", cls=_Switch, is_flag=True, **settings
    )


class _Switch(click.Option):
    """One that may be said with a value."""


def settle_switches(command: click.Command, words: Sequence[str]) -> list[str]:
    """`--gray=true` as `--gray`, `-gray=0` as `-nogray`, of a command's words.

    Raises click.UsageError for a value that is neither true nor false.
    """
    known = {p.name for p in command.params if isinstance(p, _Switch)}
    end = words.index("--") if "--" in words else len(words)
    return [*(_settled(word, known) for word in words[:end]), *words[end:]]


def _settled(word: str, known: Collection[str | None]) -> str:
    match = _WITH_VALUE.fullmatch(word)
    if match is None or match["name"] not in known:
        return word
    dashes, name, value = match.groups()
    try:
        return f"{dashes}{name}" if read_switch(value) else f"{dashes}no{name}"
    except ValueError as error:
        raise click.UsageError(f"{word}: {error}") from error


def net_state_options(command: Command) -> Command:
    """--level and --stage: what include and exclude rules may ask for."""
    command = option(
        "stage",
        default="",
        callback=check_text,
        metavar="A,B",
        help="Stages of the net, separated by commas.",
    )(command)
    return option(
        "level",
        type=_LEVEL,
        default=0,
        show_default=True,
        metavar="N",
        help="Level of the net.",
    )(command)


def check_text(ctx: click.Context, param: click.Parameter, text: str) -> str:
    """Definitions hold texts in UTF-8 only."""
    if not text.isprintable():
        raise click.BadParameter(f"'{printable(text)}' is no name", ctx, param)
    return text


def caffes_other_flags(*used: str) -> Callable[[Command], Command]:
    """The flags of caffe's that a command has no use for: taken and let alone, as gflags does.

    used  those that the command has itself
    """

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(*args: Any, **settings: Any) -> Any:
            for name in others:
                if settings.pop(name) is not None:
                    _log.debug("--%s: of no use to this command", name)
            return command(*args, **settings)

        others = sorted(CAFFES_FLAGS - set(used))
        decorated = cast(Command, run)
        for name in others:
            kind = click.INT if name in ("iterations", "level") else click.STRING
            decorated = option(name, type=kind, hidden=True)(decorated)
        return decorated

    return decorate


def gpu_option(command: Command) -> Command:
    """--gpu, which scripts written for Caffe pass."""
    return option(
        "gpu",
        default="",
        callback=_check_gpu,
        metavar="ID",
        help="Accepted for Caffe's scripts; the CPU is used.",
    )(command)


def _check_gpu(ctx: click.Context, param: click.Parameter, text: str) -> str:
    if not re.fullmatch(r"all|-?[0-9]+(,[0-9]+)*|", text):
        raise click.BadParameter(f"'{text}' is neither all nor numbers: 0,1", ctx, param)
    return text


def finite(ctx: click.Context, param: click.Parameter, number: float) -> float:
    """A callback for numbers to compute with."""
    if not math.isfinite(number):
        raise click.BadParameter(f"{number} is no finite number", ctx, param)
    return number


def read_sides(
    ctx: click.Context, param: click.Parameter, text: str, others: str = ""
) -> tuple[int, int]:
    """Height and width: `240x320`, or `240,320` as Caffe's tools write it; `256` for a square.

    others  words for what else can be said, behind the example of the error
    """
    words = [word.strip() for word in re.split("[x,]", text)]
    fits = all(word.isdecimal() and 0 < int(word[:9]) <= _LONGEST_SIDE for word in words)
    if len(words) > 2 or not fits:
        hint = f"write 256, or HEIGHTxWIDTH such as 240x320{others}"
        raise click.BadParameter(f"'{text}' is no size: {hint}", ctx, param)
    return int(words[0]), int(words[-1])


def check_folder_of(out: Path) -> None:
    """Find out before the work, not after it, what would go wrong at its end."""
    if not is_folder(out.parent):
        raise click.UsageError(
            f"there is no folder {shown(out.parent)} to put {shown(out.name)} into"
        )


def python_option(command: Command) -> Command:
    """--allow-python, for the commands that look at nets."""
    return click.option(
        "--allow-python",
        "--allow_python",
        "-allow_python",
        is_flag=True,
        help="Run the modules that the net's Python layers name; else such a net is refused.",
    )(command)


def import_option(command: Command) -> Command:
    """--import: modules to run before the command, for the layer types that they register."""

    @wraps(command)
    def run(*args: Any, **settings: Any) -> Any:
        for name in settings.pop("import"):
            _import(name)
        return command(*args, **settings)

    return option(
        "import",
        multiple=True,
        callback=_check_modules,
        metavar="MODULE",
        help="Import this Python module before, as one with layers of your own; may be repeated.",
    )(cast(Command, run))


def _check_modules(
    ctx: click.Context, param: click.Parameter, names: tuple[str, ...]
) -> tuple[str, ...]:
    for name in names:
        if not all(word.isidentifier() for word in name.split(".")) or name.endswith(".py"):
            hint = "of my_layers.py it is my_layers"
            raise click.BadParameter(f"'{printable(name)}' is no module's name; {hint}", ctx, param)
    return names


def _import(name: str) -> None:
    try:
        import_module(name)
    except (Exception, SystemExit) as error:
        if raised_inside(error):
            raise
        raise BlobnetError(
            explain(
                f"--import {name}: the module cannot be imported",
                got=f"{type(error).__name__}: {error}",
                fix=f"run where {name.replace('.', '/')}.py is, or add its folder to PYTHONPATH"
                if isinstance(error, ModuleNotFoundError) and error.name == name.split(".")[0]
                else "let it be one that Python can import",
            )
        ) from error


def threads_option(command: Command) -> Command:
    """--threads: how many threads work while the command runs."""

    @wraps(command)
    def run(*args: Any, threads: int | None, **settings: Any) -> Any:
        with threads_set_to(threads):
            return command(*args, **settings)

    return option(
        "threads",
        type=click.IntRange(min=1, max=_MOST_THREADS),
        metavar="N",
        help="Threads to compute with; they change no result.  [default: all processors]",
    )(cast(Command, run))


def note_cpu(request: str = "") -> None:
    """Say once what computes; a `request` for a GPU is answered by the CPU."""
    if request:
        _log.warning("%s: blobnet runs on the CPU%s", request, _as_ranks(request))
    else:
        _log.info("Use CPU.")


def _as_ranks(request: str) -> str:
    """How to train by several processes, where several GPUs are asked for."""
    count = request.count(",") + 1
    if count < 2 and not request.endswith(" all"):
        return ""
    number = count if count > 1 else "N"
    return f"; several processes train together as: mpiexec -n {number} blobnet train ..."


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
