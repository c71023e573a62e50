"""The sizes of image files, as SSD wants them beside its detections. Caffe: get_image_size.cpp."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from blobnet.errors import DataError, explain
from blobnet.input_files import read_file, shown
from blobnet.loggers import named_logger
from blobnet.sources.image import opened_image
from blobnet.text_files import read_text_file

_log = named_logger(__name__)


def read_names(path: Path, count: int) -> dict[str, int]:
    """The numbers of `count` names, from lines "name number". Raises DataError."""
    numbers: dict[str, int] = {}
    for line, text in enumerate(read_text_file(path, DataError).splitlines(), 1):
        words = text.split()
        if not words:
            continue
        try:
            name, number = words[0], int(words[1])
        except (ValueError, IndexError) as error:
            where = f"{shown(path)}, line {line}: not a name with its number"
            raise DataError(explain(where, got=f'"{shown(text[:200])}"')) from error
        if name in numbers:
            raise DataError(explain(f"{shown(path)}, line {line}: {shown(name)} is there twice"))
        numbers[name] = number
    if len(numbers) != count:
        raise DataError(
            explain(
                f"{shown(path)}: a name for each image is wanted",
                expected=f"{count} names",
                got=f"{len(numbers)} names",
            )
        )
    return numbers


def sizes_of(
    root: Path, paths: Sequence[str], numbers: Mapping[str, int] | None = None
) -> Iterator[str]:
    """Lines "name height width", or with the name's number. Raises DataError."""
    _log.info("A total of %d images.", len(paths))
    for path in paths:
        name = Path(path).stem
        if numbers is not None and name not in numbers:
            raise DataError(explain(f"{shown(name)} has no number in the file of names"))
        file = root / path
        try:
            with opened_image(read_file(file, DataError)) as image:
                width, height = image.size
        except DataError as error:
            raise DataError(f"Could not open or find file {shown(file)}: {error}") from error
        yield f"{name if numbers is None else numbers[name]} {height} {width}"
    _log.info("Processed %d files.", len(paths))
