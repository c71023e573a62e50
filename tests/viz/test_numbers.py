from __future__ import annotations

import pytest

from blobnet.shapes import by_axes
from blobnet.viz.numbers import in_bytes, si

TIMES = "\N{MULTIPLICATION SIGN}"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0"),
        (7, "7"),
        (999, "999"),
        (1000, "1 k"),
        (288_000, "288 k"),
        (999_960, "1 M"),
        (724_406_816, "724.4 M"),
        (1_582_671_872, "1.583 G"),
        (3.9e15, "3.9 P"),
        (5e19, "5e+04 P"),
    ],
)
def test_large_numbers_get_a_letter(number, words):
    assert si(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "0.977 KiB"), (1_724_320, "1.64 MiB"), (2**40, "1 TiB")],
)
def test_memory_is_told_in_units_of_1024(number, words):
    assert in_bytes(number) == words


@pytest.mark.parametrize(
    ("shape", "words"), [((64, 1, 28), f"64{TIMES}1{TIMES}28"), ((3,), "3"), ((), "1 number")]
)
def test_shapes(shape, words):
    assert by_axes(shape) == words
