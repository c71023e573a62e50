"""Images in another size, plane by plane; range(begin, end) counts planes.

x, dx            planes of height * width, one behind the other
above, below, down, left, right, across   the two `Mixing` of `interp.py`
y, dy            planes of len(above) * len(left)
"""

from __future__ import annotations

from blobnet.ops.simd.kernel import exact_kernel
from blobnet.types import Array


@exact_kernel
def interpolate(
    begin: int, end: int, x: Array, height: int, width: int, above: Array, below: Array,
    down: Array, left: Array, right: Array, across: Array, y: Array,
) -> None:  # fmt: skip
    """y = x, mixed."""
    rows, columns = len(above), len(left)
    for plane in range(begin, end):
        for row in range(rows):
            lower = y.dtype.type(down[row])
            upper = y.dtype.type(1) - lower
            first = (plane * height + above[row]) * width
            second = (plane * height + below[row]) * width
            upper_row, lower_row = x[first : first + width], x[second : second + width]
            at = (plane * rows + row) * columns
            mixed = y[at : at + columns]
            for column in range(columns):
                ahead = y.dtype.type(across[column])
                back = y.dtype.type(1) - ahead
                i, j = left[column], right[column]
                one = back * upper_row[i] + ahead * upper_row[j]
                other = back * lower_row[i] + ahead * lower_row[j]
                mixed[column] = upper * one + lower * other


@exact_kernel
def interpolate_backward(
    begin: int, end: int, dx: Array, height: int, width: int, above: Array, below: Array,
    down: Array, left: Array, right: Array, across: Array, dy: Array,
) -> None:  # fmt: skip
    """dx += the shares of dy."""
    rows, columns = len(above), len(left)
    for plane in range(begin, end):
        for row in range(rows):
            lower = dy.dtype.type(down[row])
            upper = dy.dtype.type(1) - lower
            first = (plane * height + above[row]) * width
            second = (plane * height + below[row]) * width
            upper_row, lower_row = dx[first : first + width], dx[second : second + width]
            at = (plane * rows + row) * columns
            given = dy[at : at + columns]
            for column in range(columns):
                ahead = dy.dtype.type(across[column])
                back = dy.dtype.type(1) - ahead
                i, j = left[column], right[column]
                upper_row[i] += upper * back * given[column]
                upper_row[j] += upper * ahead * given[column]
                lower_row[i] += lower * back * given[column]
                lower_row[j] += lower * ahead * given[column]
