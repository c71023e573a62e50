"""What the three upgrade tools and `blobnet upgrade` share: files of each kind, and the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from blobnet.cli.logs import start_logging
from blobnet.cli.options import check_folder_of
from blobnet.errors import BlobnetError, ProtoError, SolverError, WeightsError
from blobnet.input_files import shown
from blobnet.limits import enough_memory
from blobnet.loggers import named_logger
from blobnet.netdef import upgrade_net, upgrade_solver
from blobnet.netdef.upgrade import net_changes, net_needs_upgrade, solver_changes
from blobnet.proto import NetParameter, SolverParameter
from blobnet.proto.forks import Fork
from blobnet.serialization.prototxt import read_text, write_text
from blobnet.serialization.weights import read_caffemodel, write_message

_log = named_logger("blobnet.cli")

Kind = TypeVar("Kind", bound=Message)


@dataclass(frozen=True)
class Upgrading(Generic[Kind]):
    """How files of one kind are upgraded.

    what     the kind, in the words of Caffe's log
    read     from a path to what is there, as it is stored
    is_old   whether `upgrade` would do more than copy
    told     what it would change, in words
    """

    what: str
    read: Callable[[str], Kind]
    is_old: Callable[[Kind], bool]
    told: Callable[[Kind], list[str]]
    upgrade: Callable[[Kind, str], Kind]
    write: Callable[[Path, Kind], None]

    def upgraded(self, message: Kind, source: str) -> Kind:
        """What is written. Raises ProtoError and SolverError, naming the file."""
        with _naming(source):
            return self.upgrade(message, shown(source))


def net_text() -> Upgrading[NetParameter]:
    """A net's prototxt."""
    return Upgrading(
        "NetParameter text",
        read=lambda path: read_text(path, NetParameter()),
        is_old=net_needs_upgrade,
        told=net_changes,
        upgrade=partial(upgrade_net, fully=True),
        write=write_text,
    )


def net_binary() -> Upgrading[NetParameter]:
    """A .caffemodel, which keeps the numbers of the fork that it was read with."""
    forks: list[Fork | None] = [None]

    def read(path: str) -> NetParameter:
        net, forks[0] = read_caffemodel(path)
        return net

    return Upgrading(
        "NetParameter binary",
        read=read,
        is_old=net_needs_upgrade,
        told=net_changes,
        upgrade=partial(upgrade_net, fully=True),
        write=lambda path, net: write_message(path, net, forks[0]),
    )


def solver_text() -> Upgrading[SolverParameter]:
    """A solver's prototxt."""
    return Upgrading(
        "SolverParameter text",
        read=lambda path: read_text(path, SolverParameter()),
        is_old=lambda solver: solver.HasField("solver_type"),
        told=solver_changes,
        upgrade=upgrade_solver,
        write=write_text,
    )


def upgrade_file(source: str, out: Path, kind: Upgrading[Any]) -> None:
    """Read a file, upgrade what it holds unless that is of today's form, and write it.

    Where it cannot be upgraded fully nothing is written, and the error says why. The log is that of
    Caffe's tools.
    """
    check_folder_of(out)
    start_logging()
    with enough_memory(f"{shown(source)}: it cannot be upgraded", WeightsError):
        message = kind.read(source)
        with _naming(source):
            is_old = kind.is_old(message)
        if is_old:
            message = kind.upgraded(message, source)
        else:
            _log.error("File already in latest proto format: %s", shown(source))
        kind.write(out, message)
    _log.info("Wrote upgraded %s proto to %s", kind.what, shown(out))


@contextmanager
def _naming(source: str) -> Iterator[None]:
    try:
        yield
    except (ProtoError, SolverError) as error:
        raise type(error)(f"{shown(source)}: {error}") from error
    except UnicodeDecodeError as error:
        raise BlobnetError(f"{shown(source)}: a name in it is no UTF-8: {error}") from error
