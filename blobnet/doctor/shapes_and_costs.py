"""Good to know: shapes that other programs will see differently, and what the time goes into."""

from __future__ import annotations

import math
from collections.abc import Iterator

from blobnet.doctor.case import Case
from blobnet.doctor.finding import NOTE, Finding, several
from blobnet.viz.nets import summarize
from blobnet.wired_layer import WiredLayer

_SHARE = 0.25  # of the multiply-adds, from which a layer is named


def examine(case: Case) -> Iterator[Finding]:
    """Notes only."""
    rounded_up = [wired.layer.name for wired in case.net.wired if _is_rounded_up(wired)]
    if rounded_up:
        yield Finding(
            "poolings round their size up, as Caffe does; other programs round down",
            several(rounded_up),
            "where the net is taken elsewhere, ceil_mode must be on: blobnet export does it",
            NOTE,
        )
    summary = summarize(case.net)
    if not summary.multiply_adds:
        return
    rows = sorted(summary.rows, key=lambda row: -row.multiply_adds)
    largest = [row for row in rows if row.multiply_adds > _SHARE * summary.multiply_adds]
    most = [
        f"{row.name} {100 * row.multiply_adds / summary.multiply_adds:.0f} %"
        for row in largest or rows[:3]
    ]
    yield Finding(
        f"a forward takes {summary.multiply_adds / summary.batch / 1e9:.3g} billion multiply-adds "
        f"an image, and {summary.parameters / 1e6:.3g} million weights",
        f"most of it in {several(most)}",
        "measure each layer: blobnet time --model NET",
        NOTE,
    )


def _is_rounded_up(wired: WiredLayer) -> bool:
    """Whether a pooling's top is larger than it would be if sizes were rounded down."""
    param = wired.layer.layer_param_
    if not param.HasField("pooling_param") or wired.bottom[0].num_axes != 4:
        return False
    pool = param.pooling_param
    if pool.global_pooling or not (pool.kernel_size or pool.kernel_h):
        return False
    sides = zip(
        (pool.kernel_h or pool.kernel_size, pool.kernel_w or pool.kernel_size),
        (pool.stride_h or pool.stride, pool.stride_w or pool.stride),
        (pool.pad_h or pool.pad, pool.pad_w or pool.pad),
        wired.bottom[0].shape[2:],
        wired.top[0].shape[2:],
        strict=True,
    )
    return any(
        made > math.floor((size + 2 * pad - kernel) / stride) + 1
        for kernel, stride, pad, size, made in sides
    )
