"""A hand as joints on bones: who hangs on whom, what turns where; and the files that measure it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from blobnet.errors import LayerError
from blobnet.input_files import shown
from blobnet.layer import Layer
from blobnet.text_files import read_text_file

JOINTS, FREEDOMS, BONES = 31, 47, 30
FOLDER = "configuration"
"""Where the fork's layers look for their files, from the folder that they run in."""

_LARGEST = 2**20


class Joint(NamedTuple):
    """One joint, reached from another.

    row, parent    among the rows of the top; the root's parent is -1
    moves          what happens on the way, in turn: ("x", "y" or "z" to turn around it, "X", "Y" or
                   "Z" to go along it; which freedom says how far)
    bone           in the end: along "X" or "Y", a bone's index, and its sign; None for the root
    """

    row: int
    parent: int
    moves: tuple[tuple[str, int], ...]
    bone: tuple[str, int, int] | None


_PALM, _THUMB = 24, 27


def _turns(first: int) -> tuple[tuple[str, int], ...]:
    """Around z, x and y, by the three freedoms that begin here: of x, of y, of z."""
    return ("z", first + 2), ("x", first), ("y", first + 1)


_WHOLE_HAND = _turns(3)


def _finger(k: int) -> list[Joint]:
    """From the palm to the tip: little finger, ring, middle and index, for k of 0 to 3."""
    knuckle, tip, first = 20 + k, 5 * k, 31 + 4 * k
    moves: tuple[tuple[tuple[str, int], ...], ...] = (
        (("z", first + 1), ("x", first)),
        (("x", first + 2),),
        (),
        (("x", first + 3),),
        (),
    )
    joints = [Joint(knuckle, _PALM, (*_WHOLE_HAND, *_turns(19 + 3 * k)), ("Y", knuckle, 1))]
    for step, its in enumerate(moves):
        row = tip + 4 - step
        joints.append(Joint(row, joints[-1].row, its, ("Y", row, 1)))
    return joints


HAND: tuple[Joint, ...] = (
    Joint(_PALM, -1, (("X", 0), ("Y", 1), ("Z", 2)), None),
    *(
        Joint(row, _PALM, (*_WHOLE_HAND, *turns), ("Y", row - 1, -1))
        for row, turns in ((25, _turns(6)), (26, _turns(9)), (_THUMB, _turns(12)))
    ),
    Joint(28, _THUMB, (("z", 16), ("y", 15)), ("X", 27, 1)),
    Joint(29, 28, (("z", 17),), ("X", 28, 1)),
    Joint(30, 29, (("z", 18),), ("X", 29, 1)),
    *(joint for k in range(4) for joint in _finger(k)),
)
"""NYU's hand, with parents before those that hang on them."""


def read_numbers(layer: Layer, name: str, count: int) -> list[float]:
    """The first numbers in a file of the folder; the rest of it does not count."""
    path = f"{FOLDER}/{name}.txt"
    words = read_text_file(path, LayerError, largest=_LARGEST).split()[:count]
    try:
        numbers = [float(word) for word in words]
    except ValueError as error:
        raise layer.error(f"{shown(path)} is no file of numbers", got=error) from None
    if len(numbers) < count or not np.isfinite(numbers).all():
        raise layer.error(
            f"{shown(path)} does not have the numbers of a hand",
            expected=f"{count} finite numbers",
            got=f"{len(numbers)} numbers" if len(numbers) < count else "some that are not finite",
        )
    return numbers


def read_freedoms(layer: Layer, name: str) -> frozenset[int]:
    """The freedoms that a file lists, behind their number."""
    (number,) = read_numbers(layer, name, 1)
    if not 0 <= number <= FREEDOMS or number != math.trunc(number):
        raise layer.error(
            f"{shown(f'{FOLDER}/{name}.txt')} must begin with how many freedoms it lists",
            expected=f"0 to {FREEDOMS}",
            got=number,
        )
    listed = read_numbers(layer, name, 1 + int(number))[1:]
    wrong = [value for value in listed if value not in range(FREEDOMS)]
    if wrong:
        raise layer.error(
            f"{shown(f'{FOLDER}/{name}.txt')} lists a freedom that a hand does not have",
            expected=f"whole numbers from 0 to {FREEDOMS - 1}",
            got=wrong[0],
        )
    return frozenset(int(value) for value in listed)
