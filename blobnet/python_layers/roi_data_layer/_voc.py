"""The objects that an annotation of PASCAL VOC names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from blobnet.errors import DataError, explain
from blobnet.input_files import read_file, shown

Box = tuple[float, float, float, float]

_DEEPEST = 50


def read_objects(path: Path, labels: Mapping[str, int], difficult: bool) -> list[tuple[Box, int]]:
    """Boxes, counted from 0, and labels of the objects of known classes.

    Raises DataError where it is no such file.
    """
    found = []
    for item in _tree(path).iter("object"):
        label = labels.get((item.findtext("name") or "").strip().lower())
        is_difficult = (item.findtext("difficult") or "0").strip() == "1"
        if label is None or (is_difficult and not difficult):
            continue
        texts = [item.findtext(f"bndbox/{side}") for side in ("xmin", "ymin", "xmax", "ymax")]
        try:
            x1, y1, x2, y2 = (float(text or "") - 1 for text in texts)
        except ValueError as error:
            raise _broken(path, "a box of four numbers", error) from error
        if not (all(map(math.isfinite, (x1, y1, x2, y2))) and x1 <= x2 and y1 <= y2):
            raise _broken(path, "xmin <= xmax and ymin <= ymax", texts)
        found.append(((x1, y1, x2, y2), label))
    return found


def _tree(path: Path) -> ElementTree.Element:
    """The file's elements; what XML can define of its own, and endless depth, are refused."""
    builder, parser = ElementTree.TreeBuilder(), expat.ParserCreate()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise ValueError(f"elements in elements, more than {_DEEPEST} deep")
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    def define(*_: object) -> None:
        raise ValueError("an entity is defined")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = define
    try:
        parser.Parse(read_file(path, DataError), True)
        return builder.close()
    except (expat.ExpatError, ValueError, AssertionError) as error:
        raise _broken(path, "XML", error) from error


def _broken(path: Path, expected: str, got: object) -> DataError:
    return DataError(
        explain(f"{shown(path)}: no annotation of PASCAL VOC", expected=expected, got=got)
    )
