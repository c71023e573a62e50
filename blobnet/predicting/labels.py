"""Names of classes, from the files that are usual for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from blobnet.errors import DataError, explain
from blobnet.input_files import shown
from blobnet.proto import LabelMap
from blobnet.serialization.prototxt import read_text
from blobnet.text_files import read_text_file

_SYNSET = re.compile(r"^n\d{8}\s+(?=\S)")
_LABEL_MAP = re.compile(r"^\s*(#.*\n\s*)*item\s*[:{]")


class Labels:
    """The name of each class; of one that has none, its number."""

    def __init__(self, names: Mapping[int, str] | None = None) -> None:
        self._names = dict(names or {})

    def __getitem__(self, label: int) -> str:
        return self._names.get(label, str(label))

    def __len__(self) -> int:
        """How many classes there must be for all names to be used."""
        return max(self._names, default=-1) + 1


def read_labels(path: Path) -> Labels:
    """The names in a file with a line for each class, or in SSD's LabelMap (`item { ... }`).

    A line of ImageNet's synset_words.txt loses its number (n01440764). Raises DataError where the
    file cannot be read or has no name.
    """
    text = read_text_file(path, DataError, setting="the labels")
    if _LABEL_MAP.match(text):
        items = read_text(path, LabelMap()).item
        return Labels({item.label: item.display_name or item.name for item in items})
    lines = [_SYNSET.sub("", line.strip()) for line in text.splitlines()]
    names = {label: name for label, name in enumerate(lines) if name}
    if not names:
        raise DataError(
            explain(f"{shown(path)}: there is no label in this file", expected="a line for each")
        )
    return Labels(names)
