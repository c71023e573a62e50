"""Which detections are right; and YOLO v2's DetectionEvaluate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from blobnet.types import Array

Marks = NDArray[np.bool_]


def matched(shared: Array, threshold: float, skipped: Marks | None = None) -> tuple[Marks, Marks]:
    """Which of D detections are right, and which find what is found already.

    shared     (D, G)  how much each has in common with each true box, the best detection first
    threshold  the least that counts
    skipped    (G,)  true boxes that nobody need find: what finds them is neither right nor wrong

    Each looks at the true box that it shares most with, and nothing else.
    """
    if not shared.size:
        nothing = np.zeros(len(shared), bool)
        return nothing, nothing.copy()
    shared = np.where(np.isnan(shared), -1, shared)
    best = shared.argmax(axis=1)
    finds = shared[np.arange(len(best)), best] >= threshold
    if skipped is not None:
        finds &= ~skipped[best]
    which = np.flatnonzero(finds)
    right = np.zeros(len(best), bool)
    right[which[np.unique(best[which], return_index=True)[1]]] = True
    return right, finds & ~right
