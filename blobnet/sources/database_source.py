"""What the sources have in common that read the databases of Caffe's tools."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from google.protobuf.message import DecodeError

from blobnet.errors import DataError, explain
from blobnet.limits import enough_memory
from blobnet.loggers import named_logger
from blobnet.proto import AnnotatedDatum, Datum
from blobnet.sources.source import Record, RecordIndex, RecordSource, State

_log = named_logger(__name__)


class DatabaseFile(Protocol):
    """Records in the order of their keys, and a cursor among them.

    Whatever is called may raise DataError, where the file is damaged.
    """

    def first(self) -> bool:
        """Put the cursor on the first record; False, and it is nowhere, if there is none."""

    def seek(self, key: bytes) -> bool:
        """Put the cursor on the record of that key; False, and it is nowhere, if there is none."""

    def advance(self) -> bool:
        """Move the cursor on by one record; False, and it is nowhere, if that was the last."""

    def key(self) -> bytes:
        """The key at the cursor."""

    def record(self) -> tuple[bytes, bytes]:
        """Key and value at the cursor."""

    def index(self) -> RecordIndex:
        """Where every record stands, in the order of the keys. Moves the cursor."""

    def record_at(self, index: RecordIndex, number: int) -> tuple[bytes, bytes]:
        """Key and value of a record; the cursor is nowhere then."""

    def share_passed(self) -> float:
        """How much of the database the cursor has gone through, from 0 to 1."""

    def close(self) -> None:
        """Let go of files."""


class DatabaseSource(RecordSource):
    """The records of a database, in the order of their keys; nothing is written there.

    `read` makes a message of a record's bytes: `Datum.FromString`, or that of AnnotatedDatum.
    Takes the file over: closes it when closed, or at once where it holds nothing.
    Raises DataError where the database is broken or empty, or where a record is no Datum.
    """

    def __init__(
        self, name: str, file: DatabaseFile, read: Callable[[bytes], Datum | AnnotatedDatum]
    ) -> None:
        self.name, self._file, self._read = name, file, read
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def read(self) -> Record:
        record = self.peek()
        self._advance()
        return record

    def peek(self) -> Record:
        with enough_memory(f"{self.name}: a record cannot be read", DataError):
            return self._record(*self._file.record())

    def rest(self) -> Iterator[Record]:
        """The records from the position to the last one; moves on, to the first one in the end."""
        at_end = False
        while not at_end:
            record = self.peek()
            at_end = self._advance()
            yield record

    def skip(self, count: int) -> None:
        since_first: int | None = None  # what was moved on since the first record came up
        while count:
            count -= 1
            if since_first is not None:
                since_first += 1
            if self._advance():
                count %= since_first or count + 1  # twice the first: that is the whole round
                since_first = 0

    def share_passed(self) -> float:
        """How much of the database was read in this round, from 0 to 1: for progress displays."""
        return self._file.share_passed()

    def index(self) -> RecordIndex:
        """Where every record stands, for `read_at`. Moves on to anywhere."""
        with enough_memory(f"{self.name}: its records cannot be counted", DataError):
            return self._file.index()

    def read_at(self, index: RecordIndex, number: int) -> Record:
        """The record of that number in the order of the keys. Moves on to anywhere."""
        with enough_memory(f"{self.name}: a record cannot be read", DataError):
            return self._record(*self._file.record_at(index, number))

    def get_state(self) -> State:
        return {"key": self._file.key().decode("latin-1")}  # any byte has its letter there

    def set_state(self, state: State) -> None:
        if not self._file.seek(state["key"].encode("latin-1")):
            raise DataError(
                explain(
                    f"{self.name}: reading cannot go on where it was",
                    expected=f'a record "{state["key"]}"',
                    got="only others",
                    fix="resume with the database of that training; to go on with another one, "
                    "start from the weights",
                )
            )

    def close(self) -> None:
        self._file.close()

    def _record(self, key_bytes: bytes, value: bytes) -> Record:
        key = key_bytes.decode("ascii", "backslashreplace")
        try:
            datum = self._read(value)
        except DecodeError as error:
            raise DataError(
                explain(
                    f'{self.name}, record "{key}": not a Datum',
                    got=error,
                    fix="the Data layer reads databases that convert_imageset and its kin write",
                )
            ) from error
        if isinstance(datum, AnnotatedDatum):
            if not datum.HasField("datum"):
                raise DataError(
                    explain(
                        f'{self.name}, record "{key}": not an AnnotatedDatum',
                        got="a record without an image",
                        fix="convert_annoset makes such databases; `type: Data` reads those of "
                        "convert_imageset",
                    )
                )
            return Record(key, datum.datum, None, datum)
        return Record(key, datum)

    def _begin(self) -> None:
        if not self._file.first():
            raise DataError(
                explain(f"{self.name}: the database is empty", expected="at least one record")
            )

    def _advance(self) -> bool:
        """Move on to the next record; whether that is the first again."""
        if self._file.advance():
            return False
        _log.debug("%s: Restarting data prefetching from start.", self.name)
        self._begin()
        return True
