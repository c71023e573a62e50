"""A layer that says it can be recorded computes by what it launches, and by nothing else."""

import numpy as np
import pytest

from blobnet.ops.jit import compiled
from blobnet.ops.recording import record
from tests.conformance.case import make
from tests.conformance.catalogue import every_case, is_ours

needs_kernels = pytest.mark.skipif(compiled("planes_kernel") is None, reason="no numba")


@needs_kernels
@every_case(only=is_ours)
def test_what_is_launched_again_computes_the_same(type_name, case):
    for dtype in (np.float32, np.float64):
        run = make(type_name, case, dtype=dtype)
        if not run.layer.can_be_recorded:
            pytest.skip("it is called")
        with record() as found:
            run.forward()
        if not found.is_complete:
            pytest.skip("it is called")
        compare(run, found)


def compare(run, found):
    """What is launched again, of other values, is what a forward computes of them."""
    rng = np.random.default_rng(4)
    for blob in run.bottom:  # other values, of the same kind: labels stay whole numbers
        blob.data[...] = rng.permutation(blob.data.reshape(-1)).reshape(blob.shape)
    for blob in run.layer.blobs_:
        blob.data[...] *= 2
    for blob in run.top:
        if not any(np.may_share_memory(blob.data, other.data) for other in run.bottom):
            blob.data[...] = 7
    for launch in found.launches:
        launch.run()
    tops = [blob.data.copy() for blob in run.top]
    with record():  # where nothing is recorded, BLAS computes little products, and rounds otherwise
        run.forward()
    for top, blob in zip(tops, run.top, strict=True):
        assert top.tobytes() == blob.data.tobytes()


RECORDED = {"Convolution", "Pooling", "ReLU", "LRN", "Eltwise", "Concat"}


@needs_kernels
def test_the_layers_of_most_nets_are_recorded():
    from tests.conformance.catalogue import CASES

    found = set()
    for type_name, cases in CASES.items():
        for case in cases:
            if not is_ours(type_name, case):
                continue
            run = make(type_name, case, dtype=np.float32)
            with record() as recorded:
                run.forward()
            if run.layer.can_be_recorded and recorded.is_complete and recorded.launches:
                found.add(type_name)
    assert found >= RECORDED
