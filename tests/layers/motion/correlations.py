"""FlowNet2's correlation, gradient included, in plain loops."""

import itertools

import numpy as np


def forward(a, b, starts, moves, kernel, pad, is_product=True):
    """y by windows, which start at `starts` = (rows, columns) of the padded maps."""
    a, b = (_padded(x, pad, moves) for x in (a, b))
    y = np.empty((len(a), len(moves), *map(len, starts)))
    for (i, row), (j, column) in itertools.product(*map(enumerate, starts)):
        seen = _window(a, row, column, kernel, moves)
        for m, (down, across) in enumerate(moves):
            other = _window(b, row + down, column + across, kernel, moves)
            terms = seen * other if is_product else np.abs(seen - other)
            y[:, m, i, j] = terms.mean(axis=(1, 2, 3))
    return y


def gradients(a, b, dy, starts, moves, kernel, pad, is_product=True):
    """da and db; of differences, as FlowNet2 has them."""
    height, width = a.shape[2:]
    a, b = (_padded(x, pad, moves) for x in (a, b))
    da, db = np.zeros_like(a), np.zeros_like(b)
    sign = np.where(a >= b, 1.0, -1.0)
    for (i, row), (j, column) in itertools.product(*map(enumerate, starts)):
        for m, (down, across) in enumerate(moves):
            share = dy[:, m, i, j][:, None, None, None] / (kernel**2 * a.shape[1])
            here = row, column, kernel, moves
            there = row + down, column + across, kernel, moves
            for_a, for_b = (b, a) if is_product else (sign, -sign)
            _window(da, *here)[...] += share * _window(for_a, *there)
            _window(db, *there)[...] += share * _window(for_b, *here)
    reach = _reach(moves)
    rows = slice(pad[0] + reach, pad[0] + reach + height)
    columns = slice(pad[1] + reach, pad[1] + reach + width)
    return da[:, :, rows, columns], db[:, :, rows, columns]


def _reach(moves):
    return max(abs(step) for move in moves for step in move)


def _padded(x, pad, moves):
    """With more zeros, so that no move leads out."""
    return np.pad(x, ((0, 0), (0, 0), *((p + _reach(moves),) * 2 for p in pad)))


def _window(x, row, column, kernel, moves):
    row, column = row + _reach(moves), column + _reach(moves)
    return x[:, :, row : row + kernel, column : column + kernel]
