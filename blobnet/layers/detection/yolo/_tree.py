"""A tree of classes, as YOLO9000 has it: each is one of its parent's children.

Caffe: tree.cpp of YOLO v2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from blobnet.errors import LayerError, explain
from blobnet.input_files import shown
from blobnet.text_files import read_text_file
from blobnet.types import Array


@dataclass(frozen=True)
class ClassTree:
    """Which class is whose child; children of one parent stand side by side.

    parents  of each class, -1 of those at the root
    groups   which children of one parent each class belongs to
    starts   the first class of each group
    sizes    how many there are in each
    """

    parents: tuple[int, ...]
    groups: tuple[int, ...]
    starts: tuple[int, ...]
    sizes: tuple[int, ...]

    def softmax(self, x: Array, axis: int) -> Array:
        """The probability of each class, given its parent."""
        largest = np.maximum.reduceat(x, self.starts, axis=axis)
        e = np.exp(x - np.repeat(largest, self.sizes, axis=axis))
        sums = np.add.reduceat(e, self.starts, axis=axis)
        values: Array = e / np.repeat(sums, self.sizes, axis=axis)
        return values

    def line(self, label: int) -> list[int]:
        """The class, its parent, that one's parent, up to the root."""
        found = []
        while label >= 0:
            found.append(label)
            label = self.parents[label]
        return found

    def siblings(self, label: int) -> slice:
        """The classes of the same group, the class among them."""
        group = self.groups[label]
        return slice(self.starts[group], self.starts[group] + self.sizes[group])


def read_tree(path: str) -> ClassTree:
    """The tree in a file with a line `name parent` for each class. Raises LayerError."""
    parents: list[int] = []
    for number, line in enumerate(_lines(path, "softmax_tree"), 1):
        words = line.split()
        parent = _whole_number(words[-1] if len(words) > 1 else "")
        if parent is None or not -1 <= parent < len(parents):
            raise LayerError(
                explain(
                    f"softmax_tree {shown(path)}: line {number} is no class of a tree",
                    expected="a name and the number of a class above, or -1",
                    got=repr(line),
                )
            )
        parents.append(parent)
    return tree_of(parents)


def tree_of(parents: Sequence[int]) -> ClassTree:
    """The tree of classes whose parents these are."""
    starts = [i for i in range(len(parents)) if i == 0 or parents[i] != parents[i - 1]]
    sizes = np.diff([*starts, len(parents)]).tolist()
    groups = np.repeat(np.arange(len(starts)), sizes).tolist()
    return ClassTree(tuple(parents), tuple(groups), tuple(starts), tuple(sizes))


def read_class_map(path: str) -> list[int]:
    """The class that each label stands for: a file with a number in each line."""
    classes = []
    for number, line in enumerate(_lines(path, "class_map"), 1):
        words = line.split()
        value = _whole_number(words[0] if words else "")
        if value is None:
            raise LayerError(
                explain(
                    f"class_map {shown(path)}: line {number} has no class",
                    expected="a whole number",
                    got=repr(line),
                )
            )
        classes.append(value)
    return classes


def _lines(path: str, setting: str) -> list[str]:
    text = read_text_file(path, LayerError, setting=setting, largest=2**26)
    lines = text.rstrip().split("\n")
    if lines == [""]:
        raise LayerError(explain(f"{setting} {shown(path)}: the file is empty"))
    return lines


def _whole_number(word: str) -> int | None:
    try:
        return int(word)
    except ValueError:
        return None
