"""The updates of the solvers in one pass over a parameter and its memory."""

from __future__ import annotations

from functools import cache
from typing import Any

from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.flow import either, loop
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.kernel import exact_kernel
from blobnet.ops.simd.lanes import first_lanes
from blobnet.ops.simd.trace import traced
from blobnet.ops.simd.value import Value
from blobnet.ops.simd.vector import where


@cache
def update(rule: Any) -> Any:
    """The kernel of one of `ops/update_rules.py`: regularize, make the change, subtract it.

    w        the weights
    dw       the gradient as the net added it up; afterwards the change
    memory   the rule's, one or two arrays
    numbers  what the rule takes beside those, of the arrays' type

    Before the rule, g = dw * scale + decay * w, or decay * sign(w) where is_l1.

    All arrays are flat, and only range(begin, end) is looked at. The rule is traced: it gets
    vectors of values.
    """

    @exact_kernel
    @traced
    def run(
        begin: Value, end: Value, w: Flat, dw: Flat, memory: tuple[Flat, ...], scale: Value,
        decay: Value, is_l1: Value, numbers: tuple[Value, ...],
    ) -> None:  # fmt: skip
        with loop(begin, end, LANES) as i:

            def change(mask: Value | None, i: Value = i) -> None:
                weight, grad = w.load(i, mask=mask), dw.load(i, mask=mask)
                grad = _regularized(weight, grad, scale, decay, is_l1)
                old = [array.load(i, mask=mask) for array in memory]
                found = rule(grad, *old, *numbers)
                for array, new in zip((dw, *memory), found, strict=True):
                    array.store(new, i, mask)
                w.store(weight - found[0], i, mask)

            rest = end - i
            either(rest >= LANES, lambda: change(None), lambda: change(first_lanes(rest)))

    return run


def _regularized(w: Value, dw: Value, scale: Value, decay: Value, is_l1: Value) -> Value:
    grad = dw * scale
    sign = where(w > 0, w.like(1), where(w < 0, w.like(-1), where(w == 0, w.like(0), w)))
    with_decay = grad + where(is_l1, sign, w) * decay
    found: Value = where(decay == 0, grad, with_decay)
    return found
