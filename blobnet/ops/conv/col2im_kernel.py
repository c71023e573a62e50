"""The gradient of an image from that of its columns."""

from __future__ import annotations

from blobnet.ops.conv.col2im_plan import Col2im
from blobnet.ops.conv.packing_kernel import Image
from blobnet.ops.simd.emit import Flat
from blobnet.ops.simd.flow import loop, variable, when
from blobnet.ops.simd.isa import LANES
from blobnet.ops.simd.vector import load, splat, store


def add_columns(plan: Col2im, col_diff: Flat, x: Image) -> None:
    """x = the gradient of its columns, added up where the taps have looked.

    col_diff[channel, tap, row : pitch]  with zeros around the places of a row
    """
    s = plan.sizes
    plane = s.rows * s.pitch
    with loop(0, x.channels) as c, loop(0, x.height) as y, loop(0, x.width, LANES) as q:
        total = variable(splat(x.memory, 0))
        with loop(0, s.kernel_height) as ky:
            row = y + s.pad_above - ky * s.dilation_down
            tap = (c * s.kernel_height + ky) * s.kernel_width
            first = tap * plane + row * s.pitch + s.first + q
            with when(row.below(s.rows)), loop(0, s.kernel_width) as kx:
                at = first + kx * (plane - s.dilation_across)
                total[0] = total[0] + load(col_diff, at)
        to = x.row(c, y)
        store(total[0], x.memory, to + q, to + x.width)
