"""Reading HDF5 files that somebody else wrote: what they promise is checked before it is believed.

A few KiB can declare terabytes, a million chunks, groups that hold each other, or numbers that
stand in another file. The last is followed only where BLOBNET_HDF5_EXTERNAL=1 is set: a file from
elsewhere could read what its user did not mean to give. Needs the extra `hdf5`.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.errors import BlobnetError, explain
from blobnet.extras import import_extra
from blobnet.input_files import open_file, shown, stored_bytes
from blobnet.limits import check_bytes, has_room
from blobnet.serialization.hdf5_chunks import check_chunks
from blobnet.shapes import is_possible, shape_in_words
from blobnet.types import Array, DType, Shape

EXTERNAL = "BLOBNET_HDF5_EXTERNAL"

_PER_NODE = 8192  # bytes of memory for a group or a dataset: the library's and ours, and more
_LEAST_PER_NODE = 16  # bytes in the file for each name of a group or a dataset
_SOME_NODES = 1000  # more than that: a file may give one group several names
_MOST_LEVELS = 256  # of groups within groups
_MOST_LINKS = 32  # that lead from one to the next
_MOST_STEPS = 2**15  # from group to group that links make in a file, 0.1 milliseconds each
_DAMAGE = (  # what h5py raises where a file is damaged
    OSError,
    RuntimeError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    SystemError,
)


def h5py() -> Any:
    """The module h5py. Raises MissingExtraError where it is not installed."""
    return import_extra("h5py", "hdf5", "reading and writing HDF5 files")


@contextmanager
def open_hdf5(
    path: Path, error: type[BlobnetError], foreign: Callable[[object], BlobnetError]
) -> Iterator[Hdf5File]:
    """An HDF5 file to read.

    error    what is raised where there is no such file, or where it asks for too much
    foreign  makes the error for a file that is damaged, from what the library says
    """
    with open_file(path, error) as begun:
        size = os.fstat(begun.fileno()).st_size
        begun.read(1)  # the library would wait where the system has nothing to give
    module = h5py()
    try:
        with module.File(path, "r") as file:
            yield Hdf5File(file, path, size, error)
    except BlobnetError:
        raise
    except MemoryError as reason:
        raise error(explain(f"{shown(path)}: not enough memory to read it")) from reason
    except _DAMAGE as reason:
        raise foreign(reason) from reason


class Hdf5File:
    """An open file: its groups and datasets by name, and the numbers in them."""

    def __init__(self, file: Any, path: Path, size: int, error: type[BlobnetError]) -> None:
        self.root, self._size, self._error = file, size, error
        self._stored = min(size, stored_bytes(path))  # a hole in a file is but a promise
        self._h5py, self._shown = h5py(), shown(path)
        self._nodes = self._steps = 0
        self._asked: dict[str, int] = {}  # bytes of memory for each dataset that is wanted,
        self._total = 0  # and for all of them

    # --- groups -------------------------------------------------------------------------------

    def get(self, name: str, group: Any = None) -> Any:
        """The group, dataset or type of that name, below `group` or the root; None: none such."""
        return self._follow(self.root if group is None else group, name, _MOST_LINKS)

    def members(self, group: Any) -> list[str]:
        """The names in a group, after a look at how many there are."""
        self._nodes += len(group)
        check_bytes(
            _PER_NODE * self._nodes,
            f"{self._shown}, with over {self._nodes} groups and datasets,",
            self._error,
            stored=self._stored,
        )
        if self._nodes > self._size // _LEAST_PER_NODE + _SOME_NODES:
            raise self._refuse(
                group.name,
                f"over {self._nodes} groups and datasets in {self._size} bytes: some are "
                "entered under very many names",
            )
        names = list(group)
        if not all(map(_is_utf8, names)):
            raise self._refuse(group.name, "a name that is no UTF-8")
        return names

    def walk(self, group: Any) -> Iterator[tuple[str, Any]]:
        """All that is in a group and in the groups within it, by name; links are followed."""
        open_groups = [("", group, iter(self.members(group)))]
        while open_groups:
            prefix, group, names = open_groups[-1]
            name = next(names, None)
            if name is None:
                open_groups.pop()
                continue
            node = self.get(name, group)
            if node is None:
                raise self._refuse(prefix + name, "a link that leads nowhere")
            yield prefix + name, node
            if isinstance(node, self._h5py.Group):
                self._check_level(prefix + name, node, [each for _, each, _ in open_groups])
                open_groups.append((f"{prefix}{name}/", node, iter(self.members(node))))

    def _check_level(self, name: str, group: Any, above: list[Any]) -> None:
        if group in above:
            raise self._refuse(name, "a group that holds itself")
        if len(above) == _MOST_LEVELS:
            raise self._refuse(name, f"over {_MOST_LEVELS} groups, one within the other")

    def _follow(self, group: Any, path: str, links: int) -> Any:
        node = group.file["/"] if path.startswith("/") else group
        for name in path.split("/"):
            if name in ("", "."):
                continue
            if not isinstance(node, self._h5py.Group):
                return None
            encoded = name.encode(errors="surrogateescape")
            if not node.id.links.exists(encoded):
                return None
            if node.id.links.get_info(encoded).type == self._h5py.h5l.TYPE_HARD:
                node = node[name]
            else:
                node = self._follow_link(node, name, links)
        return node

    def _follow_link(self, group: Any, name: str, links: int) -> Any:
        link = group.get(name, getlink=True)
        if not isinstance(link, self._h5py.SoftLink):
            self._check_external(name, f"a link to the file {shown(link.filename)}")
            return group[name]
        self._steps += link.path.count("/") + 1
        if not links or self._steps > _MOST_STEPS:
            raise self._refuse(name, "links that lead from one to the next")
        return self._follow(group, link.path, links - 1)

    # --- datasets -----------------------------------------------------------------------------

    def wrong_type(self, node: Any) -> str | None:
        """What a node is that holds neither integers nor floats; None where it does."""
        if not isinstance(node, self._h5py.Dataset):
            return "a group" if isinstance(node, self._h5py.Group) else "a type, without any values"
        kind = node.id.get_type().get_class()
        if kind in (self._h5py.h5t.INTEGER, self._h5py.h5t.FLOAT):
            return None
        return (
            f"type {node.dtype}" if kind != self._h5py.h5t.ENUM else f"an enum, type {node.dtype}"
        )

    def check_numbers(self, name: str, dataset: Any, dtype: DType | None = None) -> None:
        """Raise the error where a dataset cannot be read, or asks for too much.

        dtype  into which it is to be read; its own unless given
        """
        wrong = self.wrong_type(dataset)
        if wrong is not None:
            raise self._refuse(name, wrong, "integers or floats")
        itemsize = (dtype or dataset.dtype).itemsize
        self._check_place(name, dataset)
        shape = self._shape(name, dataset)
        self._total -= self._asked.get(name, 0)
        self._asked[name] = math.prod(shape) * itemsize
        self._total += self._asked[name]
        stored = min(dataset.id.get_storage_size(), self._stored)
        who = f'{self._shown}, dataset "{shown(name)}"'
        check_bytes(self._asked[name], who, self._error, stored=stored)
        check_bytes(self._total, self._shown, self._error, stored=self._stored)
        check_chunks(dataset, who, self._error, self._size, self._stored)

    def read(self, name: str, dataset: Any, dtype: DType | None = None) -> Array:
        """The numbers of a dataset, checked. Raises what `check_numbers` raises."""
        self.check_numbers(name, dataset, dtype)
        if not has_room(self._asked[name]):
            raise MemoryError
        values = np.empty(dataset.shape, dtype or dataset.dtype)
        if values.size:
            dataset.read_direct(values)
        return values

    def _shape(self, name: str, dataset: Any) -> Shape:
        shape = dataset.shape
        if shape is None:
            raise self._refuse(name, "a dataset without values", "numbers")
        if not is_possible(shape):
            raise self._refuse(
                name, f"shape {shape_in_words(shape)}", "a shape that a blob can have"
            )
        return tuple(shape)

    def _check_place(self, name: str, dataset: Any) -> None:
        if dataset.external:
            self._check_external(name, f"numbers from the file {shown(dataset.external[0][0])}")
        if dataset.is_virtual:
            self._check_external(name, "a virtual dataset: numbers of other datasets and files")

    def _check_external(self, name: str, what: str) -> None:
        if os.environ.get(EXTERNAL, "") in ("", "0"):
            raise self._refuse(
                name,
                what,
                "numbers in this file",
                f"where you trust the file, set the environment variable {EXTERNAL}=1",
            )

    def _refuse(
        self, name: str, got: str, expected: str | None = None, fix: str | None = None
    ) -> BlobnetError:
        what = f'{self._shown}: "{shown(name)}" cannot be read'
        return self._error(explain(what, expected=expected, got=got, fix=fix))


def _is_utf8(name: object) -> bool:
    """Other names come as bytes, or with the halves of a character that is none."""
    return isinstance(name, str) and not any("\ud800" <= letter <= "\udfff" for letter in name)
