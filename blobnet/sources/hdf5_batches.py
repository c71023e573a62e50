"""Batches of rows from a list of HDF5 files, one file in memory at a time. Needs the extra `hdf5`.

Caffe: hdf5_data_layer.cpp, hdf5.cpp.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from blobnet.errors import BlobError, DataError, explain
from blobnet.input_files import shown
from blobnet.limits import enough_memory
from blobnet.serialization.hdf5_file import Hdf5File, open_hdf5
from blobnet.serialization.kinds import kind_of_file
from blobnet.sources.source import State, restore_rng
from blobnet.sources.volume_crops import VolumeCrops
from blobnet.storage import cast
from blobnet.types import Array, Shape


class Hdf5Batches:
    """Rows of the datasets of the given names, over the borders of files and round again.

    With `shuffle`, the files are put into a new order every time round, and the rows of a file
    every time it is begun; with `crops`, a part of its volumes. `rng` is where this begins; it is
    copied, not drawn from.
    """

    def __init__(
        self,
        files: Sequence[Path],
        names: Sequence[str],
        rng: np.random.Generator,
        *,
        batch_size: int,
        shuffle: bool = False,
        dtype: DTypeLike = np.float32,
        crops: VolumeCrops | None = None,
    ) -> None:
        self._files, self._names, self._dtype = files, names, np.dtype(dtype)
        self._batch_size, self._shuffle, self._crops = batch_size, shuffle, crops
        self._rng = copy.deepcopy(rng)
        self._loaded: Path | None = None
        self._values: list[Array] = []  # of the loaded file, one per dataset
        self._counts: dict[Path, int] = {}  # the rows of the files that have been looked at
        self._rows: Array | None = None  # the order in which its rows come; None: not decided
        self._rng_state = self._rng.bit_generator.state  # from which that order is drawn
        self._row_shapes: list[Shape] | None = None
        self._order: list[int] = []  # the order in which the files come
        self._file = self._row = 0  # the place of the file in that order, and in its rows
        self._begin_round()

    def shapes(self) -> list[Shape]:
        if self._row_shapes is None:
            with _open(self._path) as file:
                self._check(file)
        shapes = self._row_shapes or []
        if self._crops is not None:
            shapes = [self._crops.shape(self._path, shape) for shape in shapes]
        return [(self._batch_size, *shape) for shape in shapes]

    def read(self) -> list[Array]:
        with enough_memory(f"{shown(self._path)}: no batch of {self._batch_size} rows", DataError):
            batch = [np.empty(shape, self._dtype) for shape in self.shapes()]
            filled = 0
            while filled < self._batch_size:
                rows = self._rows_left()[: self._batch_size - filled]
                for target, values in zip(batch, self._values, strict=True):
                    part = target[filled : filled + len(rows)]
                    self._take(values, rows, part)
                filled += len(rows)
                self._move_on(len(rows), len(self._values[0]))
            return batch

    def _take(self, values: Array, rows: Array, out: Array) -> None:
        if self._crops is None:
            np.take(values, rows, axis=0, out=out, mode="clip")  # else it makes a copy
            return
        for row, part in zip(rows, out, strict=True):
            self._crops.cut(values[row], part)

    @property
    def draws(self) -> None:
        """Nothing: only orders are drawn, for whole files."""

    def skip_batch(self) -> None:
        """Move on by a batch; of files that are passed over, only the numbers of rows are read."""
        left = self._batch_size
        while left:
            count = self._number_of_rows()
            rows = min(left, max(count - self._row, 0))
            if self._row + rows >= count and self._shuffle and self._rows is None:
                self._rng.permutation(count)  # the order in which they would have come
            left -= rows
            self._move_on(rows, count)

    def get_state(self) -> State:
        return {
            "rng": self._rng_state,
            "files": list(self._order),
            "file": self._file,
            "row": self._row,
        }

    def set_state(self, state: State) -> None:
        order, file, row = list(state["files"]), state["file"], state["row"]
        whole = all(type(number) is int for number in (*order, file, row))
        known = range(len(self._files))
        if not whole or sorted(order) != list(known) or file not in known or row < 0:
            raise DataError(
                explain(
                    "reading cannot go on where it was: the list of HDF5 files has changed",
                    expected=f"{len(order)} files, in the middle of number {file}",
                    got=f"{len(known)} files",
                    fix="resume with the list of that training; to go on with another one, start "
                    "from the weights",
                )
            )
        self._order, self._file, self._row = order, file, row
        restore_rng(self._rng, state)
        self._rng_state = state["rng"]
        self._rows = None
        self._draw_part()

    def close(self) -> None:
        self._loaded, self._values = None, []

    # --- the order ----------------------------------------------------------------------------

    @property
    def _path(self) -> Path:
        return self._files[self._order[self._file]]

    def _begin_round(self) -> None:
        count = len(self._files)
        self._order = list(range(count))
        if self._shuffle:
            self._rng.shuffle(self._order)
        self._begin_file(0)

    def _begin_file(self, index: int) -> None:
        self._file, self._row, self._rows = index, 0, None
        self._rng_state = self._rng.bit_generator.state
        self._draw_part()

    def _draw_part(self) -> None:
        if self._crops is not None:
            self._crops.draw(self._rng)

    def _rows_left(self) -> Array:
        """The rows of the current file that are still to come; at least one."""
        if self._loaded != self._path:
            self._load()
        count = len(self._values[0])
        if self._rows is None:
            self._rows = self._rng.permutation(count) if self._shuffle else np.arange(count)
        if self._row >= count:
            raise _refuse(self._path, "the file has changed", f"over {self._row} rows", count)
        return self._rows[self._row :]

    def _number_of_rows(self) -> int:
        if self._path not in self._counts:
            with _open(self._path) as file:
                self._counts[self._path] = len(next(iter(self._check(file).values())))
        return self._counts[self._path]

    def _move_on(self, rows: int, count: int) -> None:
        self._row += rows
        if self._row < count:
            return
        if self._file + 1 < len(self._files):
            self._begin_file(self._file + 1)
        else:
            self._begin_round()

    # --- the files ----------------------------------------------------------------------------

    def _load(self) -> None:
        self.close()  # never two files at a time
        with _open(self._path) as file:
            self._values = [self._read(file, *item) for item in self._check(file).items()]
        self._loaded, self._counts[self._path] = self._path, len(self._values[0])

    def _read(self, file: Hdf5File, name: str, dataset: Any) -> Array:
        values = file.read(name, dataset, self._dtype)
        try:
            if dataset.dtype.itemsize > self._dtype.itemsize and np.isinf(values).any():
                cast(file.read(name, dataset), self._dtype)
        except BlobError as error:
            raise DataError(f'{shown(self._path)}, dataset "{shown(name)}": {error}') from error
        return values

    def _check(self, file: Hdf5File) -> dict[str, Any]:
        """The datasets to read, after a look at their sizes only."""
        datasets = {name: self._dataset(file, name) for name in self._names}
        rows = {name: dataset.shape[0] for name, dataset in datasets.items()}
        if len(set(rows.values())) > 1 or not all(rows.values()):
            raise _refuse(
                self._path,
                "the datasets must have rows, and equally many of them",
                None,
                ", ".join(f"{count} in {name}" for name, count in rows.items()),
            )
        for name, dataset in datasets.items():
            file.check_numbers(name, dataset, self._dtype)
        shapes = [dataset.shape[1:] for dataset in datasets.values()]
        if self._row_shapes is not None and shapes != self._row_shapes:
            raise _refuse(self._path, "rows of another shape than before", self._row_shapes, shapes)
        self._row_shapes = shapes
        return datasets

    def _dataset(self, file: Hdf5File, name: str) -> Any:
        dataset = file.get(name)
        wrong = None if dataset is None else file.wrong_type(dataset)
        if dataset is None or not hasattr(dataset, "shape"):
            raise _refuse(
                self._path,
                f'no dataset "{shown(name)}"',
                "a dataset for each top, under the top's name",
                wrong or ", ".join(map(shown, islice(file.root, 20))) or "an empty file",
            )
        if wrong is not None:
            raise _refuse(self._path, f'dataset "{shown(name)}"', "integers or floats", wrong)
        if not dataset.shape:
            got = "a single value" if dataset.shape == () else "no values at all"
            raise _refuse(
                self._path, f'dataset "{shown(name)}"', "at least one axis, the rows", got
            )
        return dataset


@contextmanager
def _open(path: Path) -> Iterator[Hdf5File]:
    def foreign(reason: object) -> DataError:
        kind = kind_of_file(path)
        if kind is None or kind.what == "an HDF5 file":
            return _refuse(path, "not an HDF5 file that can be read", None, reason)
        return _refuse(path, "not an HDF5 file that can be read", None, kind.what, kind.fix)

    with open_hdf5(path, DataError, foreign) as file:
        yield file


def _refuse(
    path: Path, what: str, expected: object, got: object, fix: str | None = None
) -> DataError:
    return DataError(explain(f"{shown(path)}: {what}", expected=expected, got=got, fix=fix))
