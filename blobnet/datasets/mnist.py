"""Where the handwritten digits come from: one search, in an order that is always the same.

    1. the folder that the caller names                    it must hold MNIST
    2. the folder in the environment variable BLOBNET_DATA  it must hold MNIST, or mnist/ in it
    3. the user's cache
    4. a download into that cache
    5. the small digits that travel with blobnet

A place that somebody named is never passed over in silence: it is taken, or it is an error. Of
the others, the result says which was taken and why those before it were not.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from blobnet.datasets.digit_data import DigitData
from blobnet.datasets.digits import load_digits
from blobnet.datasets.download import cache_folder, download_mnist
from blobnet.datasets.mnist_folder import holds_mnist, read_folder
from blobnet.errors import DataError, MissingExtraError
from blobnet.input_files import is_folder

MnistData = DigitData
Report = Callable[[str], None]

VARIABLE = "BLOBNET_DATA"


def find_digits(
    data: Path | None = None, *, download: bool = True, report: Report | None = None
) -> DigitData:
    """Digits in any case: MNIST if it can be had, else those that travel with blobnet.

    `source` of the result says what was taken, `passed_over` why the places before it were not;
    `report`, if given, gets each of these reasons as soon as it is known. Raises DataError only
    where a folder that the caller or BLOBNET_DATA names does not hold MNIST.
    """
    reasons: list[str] = []

    def pass_over(reason: str) -> None:
        reasons.append(reason)
        if report is not None:
            report(reason)

    found = load_mnist(data, download=download, report=pass_over) or load_digits()
    return replace(found, passed_over=tuple(reasons))


def load_mnist(
    data: Path | None = None, *, download: bool = True, report: Report = lambda reason: None
) -> MnistData | None:
    """MNIST from the first place that has it; None, with the reasons reported, where none has."""
    if data is not None:
        return read_folder(data, f"MNIST from {data} (--data)")
    variable = os.environ.get(VARIABLE)
    if variable:
        folder = Path(variable)
        if not holds_mnist(folder) and is_folder(folder / "mnist"):
            folder /= "mnist"
        try:
            return read_folder(folder, f"MNIST from {folder} ({VARIABLE})")
        except DataError as error:
            raise DataError(f"the environment variable {VARIABLE}: {error}") from error
    try:
        return _from_cache(cache_folder(), download, report)
    except MissingExtraError:
        report('no cache and no download: they need pooch (pip install "blobnet[download]")')
        return None


def _from_cache(folder: Path, download: bool, report: Report) -> MnistData | None:
    """MNIST as downloaded, now or on an earlier day."""
    if holds_mnist(folder):
        try:
            return read_folder(folder, f"MNIST from the cache, {folder}")
        except DataError as error:
            report(f"the cache is damaged: {_one_line(error)}")
    else:
        report(f"nothing in the cache, {folder}")
    if not download:
        report("no download: it was not wanted")
        return None
    try:
        mirror = download_mnist(folder)
        return read_folder(folder, f"MNIST from {mirror}, now in the cache, {folder}")
    except DataError as error:
        report(_one_line(error))
        return None


def _one_line(error: DataError) -> str:
    """An error as one line of a list: what happened, then the rest in brackets."""
    what, *rest = (" ".join(line.split()) for line in str(error).splitlines())
    return f"{what} ({'; '.join(rest)})" if rest else what
