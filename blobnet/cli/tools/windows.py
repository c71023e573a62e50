"""The tables of detect.py: windows to look at, and what a net says of them."""

from __future__ import annotations

import csv
import io
import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.errors import DataError, explain
from blobnet.extras import import_package
from blobnet.input_files import shown
from blobnet.serialization.files import atomic_write, check_writable
from blobnet.text_files import read_text_file

Windows = dict[str, list[list[float]]]
"""Image files, each with its windows: ymin, xmin, ymax, xmax."""

COORDINATES = ("ymin", "xmin", "ymax", "xmax")
_COLUMNS = ("filename", *COORDINATES)


def read_windows(path: str) -> Windows:
    """Image files in the order in which a .csv file first names them, with their windows.

    Columns that it has besides are passed over. Raises DataError for what is no such table.
    """
    rows = csv.reader(io.StringIO(read_text_file(path, DataError)), skipinitialspace=True)
    windows: Windows = {}
    try:
        header = [name.strip() for name in next(rows, [])]
        if not set(_COLUMNS) <= set(header):
            expected, got = ", ".join(_COLUMNS), ", ".join(header) or "an empty file"
            what = f"{shown(path)}: the first line must name the columns"
            raise DataError(explain(what, expected=expected, got=got))
        places = [header.index(name) for name in _COLUMNS]
        for row in rows:
            if row:
                filename, window = _window(path, rows.line_num, row, places)
                windows.setdefault(filename, []).append(window)
    except csv.Error as error:
        what = f"{shown(path)}, line {rows.line_num}: cannot be read"
        raise DataError(explain(what, got=error)) from error
    if not windows:
        raise DataError(explain(f"{shown(path)}: no windows"))
    return windows


def read_filenames(path: str) -> list[str]:
    """Image files, each once: the lines of a .txt file, or those that a .csv file names."""
    if path.lower().endswith("csv"):
        return list(read_windows(path))
    if not path.lower().endswith("txt"):
        what = f"{shown(path)}: Unknown input file type: not in txt or csv."
        raise DataError(explain(what))
    lines = map(str.strip, read_text_file(path, DataError).split("\n"))
    return list(dict.fromkeys(line for line in lines if line))


def check_output(out: Path) -> None:
    """Find out before the work whether the table can be written."""
    check_writable(out)
    if not _is_csv(out):
        _pandas()


def write_detections(out: Path, detections: list[dict[str, Any]]) -> None:
    """A line for each window: its image, its corners, a column for each score.

    Where the name does not end in csv it is pandas' HDF5 store, with a column "prediction".
    """
    if not _is_csv(out):
        _write_hdf5(out, detections)
        return
    classes = max((np.size(found["prediction"]) for found in detections), default=0)
    with (
        atomic_write(out) as temporary,
        open(temporary, "w", encoding="utf-8", errors="surrogateescape", newline="") as file,
    ):
        table = csv.writer(file, lineterminator="\n")
        table.writerow([*_COLUMNS, *(f"class{number}" for number in range(classes))])
        for found in detections:
            scores = (str(score) for score in np.ravel(found["prediction"]))
            table.writerow([found["filename"], *found["window"], *scores])


def _write_hdf5(out: Path, detections: list[dict[str, Any]]) -> None:
    pandas = _pandas()
    columns: dict[str, Any] = {"prediction": [found["prediction"] for found in detections]}
    for place, name in enumerate(COORDINATES):
        columns[name] = [found["window"][place] for found in detections]
    names = pandas.Index([found["filename"] for found in detections], name="filename", dtype=object)
    frame = pandas.DataFrame(columns, index=names)
    # in memory first: HDF5 wants a lock on its file, where we have ours
    memory = {"mode": "w", "driver": "H5FD_CORE", "driver_core_backing_store": 0}
    with warnings.catch_warnings(), pandas.HDFStore(out.name, **memory) as store:
        warnings.simplefilter("ignore")  # of arrays in a column, which are pickled
        store.put("df", frame)
        image = store._handle.get_file_image()
    with atomic_write(out) as temporary:
        temporary.write_bytes(image)


def _pandas() -> Any:
    """pandas, and what it writes HDF5 with."""
    purpose = "writing HDF5 as detect.py does (a .csv file needs nothing)"
    import_package("tables", "pandas tables", purpose)
    return import_package("pandas", "pandas tables", purpose)


def _is_csv(out: Path) -> bool:
    return out.name.lower().endswith("csv")


def _window(path: str, line: int, row: list[str], places: list[int]) -> tuple[str, list[float]]:
    try:
        filename, *corners = (row[place].strip() for place in places)
        window = [_number(corner) for corner in corners]
        if not filename:
            raise ValueError("no filename")
    except (ValueError, IndexError) as error:
        what = f"{shown(path)}, line {line}: no window"
        expected, got = "a filename and four numbers", ",".join(row)
        raise DataError(explain(what, expected=expected, got=got)) from error
    return filename, window


def _number(text: str) -> float:
    """Whole numbers stay whole."""
    try:
        return int(text)
    except ValueError:
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(text) from None
        return number
