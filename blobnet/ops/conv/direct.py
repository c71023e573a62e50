"""Convolution by compiled kernels: sums over taps in registers.

The same as `reference/conv.py`; see `direct_kernel.py` and `weight_gradient_kernel.py` for how.
Arrays are (N, C, *size), (O, C / groups, *kernel) and (N, O, *places), of at most two
spatial axes, contiguous, and not empty.
"""

from __future__ import annotations

from typing import Any

from blobnet.ops.conv import col2im_plan, direct_plan, transposed_plan
from blobnet.ops.conv import weight_gradient_plan as gradient
from blobnet.ops.conv.arguments import no_bias, products_of, scratch_of
from blobnet.ops.jit import compiled
from blobnet.ops.launch import Fixed, launch
from blobnet.ops.parallel import PRODUCTS_PER_VALUE
from blobnet.ops.window import Window
from blobnet.ops.workspace import conv_scratch
from blobnet.types import Array


def is_possible(window: Window, *arrays: Array) -> bool:
    """Whether compiled kernels can do it, be it these, `depthwise` or `winograd`."""
    return (
        len(window.kernel) <= 2
        and compiled("conv.direct_kernel") is not None
        and all(array.flags.c_contiguous for array in arrays)
    )


def forward(
    x: Array, weight: Array, bias: Array | None, window: Window, y: Array, slope: float = 1.0
) -> None:
    """y = the weighted sum of what the window sees at each place, plus `bias`, then leaky."""
    plan = direct_plan.convolution(
        x.shape, weight.shape, y.shape, window, has_bias=bias is not None
    )
    _correlate(plan, x, weight, bias, slope, y, products_of(weight, y))


def input_gradient(dy: Array, weight: Array, window: Window, dx: Array) -> None:
    """dx = every value of `dy` spread back over what it was computed from."""
    if col2im_plan.pays(dx.shape, weight.shape, dy.shape, window):
        _by_columns(dy, weight, window, dx)
    else:
        plan = transposed_plan.transposed(dx.shape, weight.shape, dy.shape, window)
        _correlate(plan, dy, weight, None, 1.0, dx, products_of(weight, dy))


def weight_gradient(x: Array, dy: Array, window: Window, dweight: Array) -> None:
    """dweight += for each weight, the sum over all places of what it saw times `dy`."""
    kernels: Any = compiled("conv.weight_gradient_kernel")
    fixed = gradient.weight_gradient(x.shape, dweight.shape, dy.shape, window)
    plan = fixed.value
    sums = conv_scratch("weight sums", plan.sums, x)
    launch(
        kernels.by_item, plan.items,
        (
            fixed, x.reshape(-1), dy.reshape(-1), scratch_of("planes", plan.planes, x),
            scratch_of("lines", plan.lines, x), scratch_of("turned", plan.turned, x), sums,
        ),
        products_of(dweight, dy), together=plan.sizes.parts,
    )  # fmt: skip
    launch(
        kernels.add_up, plan.sizes.groups * (len(plan.panels) - 1),
        (
            fixed, sums, scratch_of("totals", plan.totals, x), scratch_of("turned", plan.totals, x),
            dweight.reshape(-1),
        ),
        plan.sums * PRODUCTS_PER_VALUE,
    )  # fmt: skip


def _correlate(
    fixed: Fixed[direct_plan.Correlation],
    x: Array,
    weight: Array,
    bias: Array | None,
    slope: float,
    y: Array,
    products: int,
) -> None:
    kernels: Any = compiled("conv.direct_kernel")
    plan = fixed.value
    columns = plan.reading.columns
    arguments = (
        fixed, x.reshape(-1), weight.reshape(-1), no_bias(y.dtype) if bias is None else bias,
        y.dtype.type(slope), y.reshape(-1), scratch_of("planes", plan.planes, y),
        scratch_of("columns", columns, y) if columns else None,
        scratch_of("results", plan.results, y),
    )  # fmt: skip
    launch(kernels.by_item, plan.items, arguments, products, together=plan.sizes.blocks)


def _by_columns(dy: Array, weight: Array, window: Window, dx: Array) -> None:
    kernels: Any = compiled("conv.direct_kernel")
    fixed = col2im_plan.col2im(dx.shape, weight.shape, dy.shape, window)
    plan = fixed.value
    arguments = (
        fixed, dy.reshape(-1), weight.reshape(-1), no_bias(dx.dtype), dx.reshape(-1),
        scratch_of("columns", plan.reading.columns, dx), scratch_of("col_diff", plan.col_diff, dx),
    )  # fmt: skip
    launch(
        kernels.by_columns, plan.items, arguments, products_of(weight, dy),
        together=plan.sizes.parts,
    )  # fmt: skip
