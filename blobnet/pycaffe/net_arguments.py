"""What callers give to pycaffe's Net: the old form of its constructor, arrays by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import fspath
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from blobnet.blob import Blob
from blobnet.errors import NetError, explain
from blobnet.input_files import AnyPath
from blobnet.pycaffe import settings
from blobnet.weights.trained_layers import WeightsSource


def legacy_form(
    network_file: Any, weights: AnyPath, phase: int | str | None, more: WeightsSource | None
) -> tuple[Any, int, str]:
    """phase, level and weights out of Net(network_file, weights, phase)."""
    if more is not None or phase is None:
        expected = "Net(network_file, phase, weights=...), or Net(network_file, weights, phase)"
        raise NetError(explain("what is meant here?", expected=expected))
    settings.log.warning("DEPRECATION WARNING - deprecated use of Python interface")
    settings.log.warning('Use this instead (with the named "weights" parameter):')
    settings.log.warning("Net('%s', %s, weights='%s')", network_file, phase, fspath(weights))
    return phase, 0, fspath(weights)


def check_given(arrays: Mapping[str, Any], names: Sequence[str], complaint: str) -> None:
    """Raise NetError unless there are arrays of all these names, or none."""
    if arrays and set(arrays) != set(names):
        expected = ", ".join(names) or "none"
        raise NetError(explain(complaint, expected=expected, got=", ".join(arrays)))


def check_batch(arrays: Mapping[str, ArrayLike], blobs: Mapping[str, Blob], complaint: str) -> None:
    """Raise NetError for an array of more or fewer items than the blob of its name has."""
    for name, array in arrays.items():
        shape, wanted = np.shape(array), blobs[name].shape
        if shape[:1] != wanted[:1]:
            fix = f"net.blobs[{name!r}].reshape({', '.join(map(str, shape))}), or forward_all"
            what = f"{complaint}: {name!r}"
            raise NetError(explain(what, expected=f"shape {wanted}", got=shape, fix=fix))
