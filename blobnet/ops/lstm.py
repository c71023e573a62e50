"""One step of a long short-term memory, forward and backward.

The last axis of `x`, `gates` and `dx` has 4 * D values: D for the input gate i, then D for the
forget gate f, the output gate o and the candidate g. That of `cont` has one, of all others D.
"""

from __future__ import annotations

import numpy as np

from blobnet.ops.sigmoid import sigmoid
from blobnet.types import Array


def lstm_unit(
    x: Array, c_prev: Array, cont: Array, gates: Array, c: Array, tanh_c: Array, h: Array
) -> None:
    """c = cont * f * c_prev + i * g and h = o * tanh(c), where i, f, o = sigmoid(x), g = tanh(x).

    Writes gates, which may be x, and c, tanh_c and h. Of the gates, f has cont in it: it is
    cont * sigmoid(x), and 0 where cont is 0, whatever x is there, even NaN.
    """
    if gates is not x:
        np.copyto(gates, x)
    i, f, o, g = _split(gates)
    g *= 2
    sigmoid(gates, out=gates)
    _from_sigmoid_to_tanh(g)
    f *= cont
    np.copyto(f, 0, where=cont == 0)

    np.multiply(f, c_prev, out=c)
    c += i * g
    np.multiply(c, 2, out=tanh_c)
    sigmoid(tanh_c, out=tanh_c)
    _from_sigmoid_to_tanh(tanh_c)
    np.multiply(o, tanh_c, out=h)


def lstm_unit_backward(
    gates: Array,
    c_prev: Array,
    tanh_c: Array,
    dc: Array,
    dh: Array,
    dx: Array,
    dc_prev: Array,
) -> None:
    """Write dx and dc_prev, which may be dc, from the gradients of c and h.

    As on Caffe's CPU, f * (1 - f) counts as the slope of f, cont included. It is the derivative
    where cont is 0 or 1, as it is meant to be, and nowhere else.
    """
    i, f, o, g = _split(gates)
    di, df, do, dg = _split(dx)
    np.subtract(1, gates, out=dx)
    dx *= gates  # the slope of sigmoid; that of tanh is put in the place of the last quarter
    np.multiply(g, g, out=dg)
    np.subtract(1, dg, out=dg)

    dc_total = tanh_c * tanh_c
    np.subtract(1, dc_total, out=dc_total)
    dc_total *= o
    dc_total *= dh
    dc_total += dc

    do *= tanh_c
    do *= dh
    dg *= i
    dg *= dc_total
    di *= g
    di *= dc_total
    df *= c_prev
    df *= dc_total
    np.multiply(dc_total, f, out=dc_prev)


def _split(gates: Array) -> tuple[Array, Array, Array, Array]:
    D = gates.shape[-1] // 4
    i, f = gates[..., :D], gates[..., D : 2 * D]
    o, g = gates[..., 2 * D : 3 * D], gates[..., 3 * D :]
    return i, f, o, g


def _from_sigmoid_to_tanh(y: Array) -> None:
    """sigmoid(2 * x) becomes tanh(x) = 2 * sigmoid(2 * x) - 1, the form that Caffe's unit has."""
    y *= 2
    y -= 1
