"""Numbers at the end of float32, infinite ones and NaN pass without a warning, outside of nets too.

Warnings are errors in all tests.
"""

from __future__ import annotations

from contextlib import suppress

import numpy as np

import blobnet
from tests.conformance.case import make
from tests.conformance.catalogue import every_case, is_ours

EXTREME = np.array([3e38, -3e38, np.inf, -np.inf, np.nan, 1e-45, 0, 1], np.float32)


@every_case(only=is_ours)
def test_extreme_values_warn_of_nothing(type_name, case):
    run = make(type_name, case, dtype=np.float32)
    rng = np.random.default_rng(1)
    for values in (EXTREME[:2], EXTREME):
        for blob in (*run.bottom[:1], *run.layer.blobs_):
            blob.data[...] = rng.choice(values, blob.shape)
        with suppress(blobnet.LayerError):  # what is no label, or has no gradient
            run.forward()
            for blob in run.top:
                blob.diff[...] = rng.choice(values, blob.shape)
            run.backward()
