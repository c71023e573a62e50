"""The text file that names the HDF5 files of an HDF5Data layer. Caffe: hdf5_data_layer.cpp."""

from __future__ import annotations

from pathlib import Path

from blobnet.characters import path_advice
from blobnet.errors import DataError, explain, path_hint
from blobnet.input_files import absolute, check_file, shown, status
from blobnet.serialization.kinds import kind_besides_text
from blobnet.text_files import read_text_file


def read_list(path: Path) -> list[Path]:
    """The HDF5 files that a text file lists, separated by white space.

    A path may have spaces: where a line as a whole is a file, it is one path. Raises DataError
    where the list or one of the files is missing.
    """
    text = read_text_file(path, DataError)
    if other := kind_besides_text(path, text):
        raise _refuse(
            shown(path),
            "no list of HDF5 files",
            "a text file that names them",
            other.what,
            other.fix or "name HDF5 files in a text file, and that file as `source`",
        )
    files = [
        name
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip()
        for name in _files(f"{shown(path)}, line {number}", line.strip())
    ]
    if not files:
        raise _refuse(
            shown(path), "Must have at least 1 HDF5 filename listed", "names of files", None, None
        )
    return files


def _files(who: str, line: str) -> list[Path]:
    """What a line names: one file, or several with white space between them."""
    whole = absolute(line, DataError)
    names = [whole]
    if status(whole) is None and len(words := line.split()) > 1:
        names = [absolute(word, DataError) for word in words]
    missing = next((name for name in names if status(name) is None), None)
    if missing is not None:
        fix = path_advice(line) or path_hint()
        if len(names) > 1 and not path_advice(line):
            fix = f"no file has this line as its name, nor the words of it as theirs; {fix}"
        raise _refuse(
            who,
            "lists a file that is missing",
            None,
            shown(missing if len(names) == 1 else line),
            fix,
        )
    for name in names:
        check_file(name, DataError, setting=f"{who}:")
    return names


def _refuse(who: str, what: str, expected: object, got: object, fix: str | None) -> DataError:
    return DataError(explain(f"{who}: {what}", expected=expected, got=got, fix=fix))
