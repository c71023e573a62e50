"""What the three upgrade tools share: their words, and the order of the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from google.protobuf.message import Message

from blobnet.cli.logs import start_logging
from blobnet.cli.options import check_folder_of
from blobnet.errors import BlobnetError, ProtoError, SolverError
from blobnet.input_files import shown
from blobnet.loggers import named_logger

_log = named_logger("blobnet.cli")

Kind = TypeVar("Kind", bound=Message)


def upgrade_file(
    source: str,
    out: Path,
    *,
    read: Callable[[str], Kind],
    is_old: Callable[[Kind], bool],
    upgrade: Callable[[Kind, str], Kind],
    write: Callable[[Path, Kind], None],
    what: str,
) -> None:
    """Read a file, upgrade what it holds unless that is of today's form, and write it.

    Where it cannot be upgraded fully nothing is written, and the error says why.
    """
    check_folder_of(out)
    start_logging()
    message = read(source)
    with _naming(source):
        if is_old(message):
            message = upgrade(message, shown(source))
        else:
            _log.error("File already in latest proto format: %s", shown(source))
    write(out, message)
    _log.info("Wrote upgraded %s proto to %s", what, shown(out))


@contextmanager
def _naming(source: str) -> Iterator[None]:
    try:
        yield
    except (ProtoError, SolverError) as error:
        raise type(error)(f"{shown(source)}: {error}") from error
    except UnicodeDecodeError as error:
        raise BlobnetError(f"{shown(source)}: a name in it is no UTF-8: {error}") from error
