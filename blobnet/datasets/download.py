"""MNIST from its public mirrors, into a folder of one's own.

Built for a machine that may have no internet: every wait has an end, nothing is tried twice, and
a mirror that fails once is left for the next. A file gets its name only when its checksum is
right, so a download that breaks off leaves nothing that could be taken for MNIST.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from blobnet.datasets.staging import staging
from blobnet.errors import DataError, explain
from blobnet.extras import import_extra

if TYPE_CHECKING:
    from rich.progress import Progress

T = TypeVar("T")

ANSWER_TIMEOUT = 3.0  # seconds until a mirror has begun to answer, name look-up included
STALL_TIMEOUT = 10.0  # seconds without a byte, once it has begun
PACE_SECONDS = 60.0  # in each of which
PACE_BYTES = 2**18  # so much must come: a mirror that trickles would keep us for months
_PIECE = 2**12


class RemoteFile(NamedTuple):
    """A file as every mirror has it."""

    name: str
    size: int
    md5: str


MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
FILES = (
    RemoteFile("train-images-idx3-ubyte.gz", 9912422, "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
    RemoteFile("train-labels-idx1-ubyte.gz", 28881, "d53e105ee54ea40749a09fcbcd1e9432"),
    RemoteFile("t10k-images-idx3-ubyte.gz", 1648877, "9fb629c4189551a2d022fa330f9573f3"),
    RemoteFile("t10k-labels-idx1-ubyte.gz", 4542, "ec29112dd5afa0611ce80d1b7f02629c"),
)


def cache_folder() -> Path:
    """Where downloads are kept: the user's cache, by the habits of the operating system."""
    pooch = import_extra("pooch", "download", "fetching MNIST")
    return Path(pooch.os_cache("blobnet")) / "mnist"


def download_mnist(
    folder: Path,
    *,
    mirrors: Sequence[str] = MIRRORS,
    files: Sequence[RemoteFile] = FILES,
    timeout: float = ANSWER_TIMEOUT,
) -> str:
    """Put all files into the folder, and return the mirror that completed them.

    A file that is there already, with the right checksum, is not fetched again. Raises DataError
    with what went wrong at each mirror.
    """
    failures = []
    for mirror in mirrors:
        try:
            _fetch_all(folder, mirror, files, timeout)
        except (OSError, ValueError) as error:  # requests raises a kind of OSError
            failures.append(f"{mirror}: {_root_cause(error)}")
        else:
            return mirror
    raise DataError(
        explain(
            "no mirror could be downloaded from",
            got="\n".join(failures),
            fix="fetch the four files by other means and name their folder (--data)",
        )
    )


def _fetch_all(folder: Path, mirror: str, files: Sequence[RemoteFile], timeout: float) -> None:
    """Every file from one mirror, up to the first failure."""
    pooch = import_extra("pooch", "download", "fetching MNIST")
    with _silenced(pooch.get_logger()), _progress() as progress, staging(folder, "fetch") as work:
        for name, size, md5 in files:
            if (folder / name).is_file() and pooch.file_hash(folder / name, alg="md5") == md5:
                continue
            advance = partial(progress.advance, progress.add_task(name, total=size))
            fetch = partial(_fetch, size=size, timeout=timeout, advance=advance)
            pooch.retrieve(mirror + name, f"md5:{md5}", name, work, downloader=fetch)
            (work / name).replace(folder / name)


def _fetch(
    url: str,
    output: str,
    _pooch: object,
    *,
    size: int,
    timeout: float,
    advance: Callable[[float], None],
) -> None:
    """One file, as pooch wants it done; no more is read than the size that is known."""
    requests = import_extra("requests", "download", "fetching MNIST")
    get = partial(
        requests.get,
        url,
        stream=True,
        timeout=(timeout, STALL_TIMEOUT),
        headers={"Accept-Encoding": "identity"},  # the .gz itself, not what is in it
    )
    response, received = _within(timeout, get), 0

    def receive() -> bool:
        nonlocal received
        with response:  # here: closing would wait for the piece that is being read
            response.raise_for_status()
            for piece in response.iter_content(_PIECE):
                received += len(piece)
                if received > size:
                    raise ValueError(f"{url} is longer than the {size:,} bytes it should have")
                stream.write(piece)
                advance(len(piece))
        return True

    with Path(output).open("wb") as stream:
        _at_pace(receive, lambda: received)


def _within(seconds: float, action: Callable[[], T]) -> T:
    """The result of an action, given up after so many seconds.

    The time-out of requests covers neither the look-up of the name nor a second address.
    """
    return _watched(action, lambda thread: thread.join(seconds), f"no answer within {seconds:g} s")


def _at_pace(action: Callable[[], T], received: Callable[[], int]) -> T:
    """The result of an action that receives bytes, given up where too few come.

    The time-out of requests begins anew with each byte.
    """

    def wait(thread: threading.Thread) -> None:
        before = -PACE_BYTES
        while thread.is_alive() and received() - before >= PACE_BYTES:
            before = received()
            thread.join(PACE_SECONDS)

    late = f"too slow: fewer than {PACE_BYTES:,} bytes came in {PACE_SECONDS:g} s"
    return _watched(action, wait, late)


def _watched(action: Callable[[], T], wait: Callable[[threading.Thread], None], late: str) -> T:
    """The result of an action in a thread, which is left to itself where `wait` ends before it."""
    results: list[T] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            results.append(action())
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    wait(thread)
    if errors:
        raise errors[0]
    if not results:
        raise TimeoutError(late)
    return results[0]


@contextmanager
def _silenced(logger: logging.Logger) -> Iterator[None]:
    """Keep a library's cheerful lines out of ours, for a while."""
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _progress() -> Progress:
    """A bar per file, on a terminal only; it vanishes when the work is done."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns: list[Any] = [TextColumn("{task.description}"), BarColumn(), DownloadColumn()]
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _root_cause(error: BaseException) -> str:
    """What is at the bottom of an error: the libraries in between wrap it in long words."""
    while error.__context__ is not None:
        error = error.__context__
    return str(error) or type(error).__name__
