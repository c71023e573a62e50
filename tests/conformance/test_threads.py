"""Whatever the number of threads, the bits are the same."""

from __future__ import annotations

import inspect
import sys
from types import ModuleType

import numpy as np
import pytest

from blobnet.layer_register import layer_class
from blobnet.ops import parallel
from blobnet.ops.jit import compiled
from tests.conformance.case import make
from tests.conformance.catalogue import STATED, every_large_case


@every_large_case()
def test_the_number_of_threads_changes_no_bit(type_name, case, shared_work):
    results = []
    for number in (1, 2, 3):
        shared_work.clear()
        parallel.set_num_threads(number)
        results.append(forward_and_backward(type_name, case))
        if is_cut(type_name):
            assert set(shared_work) == ({number} - {1})  # cut, or it would show nothing
    for one, *others in zip(*results, strict=True):
        for other in others:
            assert one.tobytes() == other.tobytes()


def is_cut(type_name: str) -> bool:
    return STATED[type_name].is_cut_by_numpy or compiled("planes_kernel") is not None


def forward_and_backward(type_name, case):
    """All values and gradients of a batch."""
    run = make(type_name, case, batch=16, dtype=np.float32)
    rng = np.random.default_rng(5)
    for top in run.top:
        top.diff[...] = rng.normal(size=top.shape)
    run.backward()
    return [blob.data for blob in run.top] + [
        blob.diff for blob in (*run.bottom, *run.layer.blobs_)
    ]


def modules_behind(module: ModuleType, seen: set[str]) -> set[str]:
    """The names of the modules of layers/ and ops/ whose contents this one uses, and theirs."""
    seen.add(module.__name__)
    for value in vars(module).values():
        used = value if isinstance(value, ModuleType) else inspect.getmodule(value)
        name = used.__name__ if used is not None else ""
        if name.startswith(("blobnet.ops.", "blobnet.layers.")) and name not in seen:
            modules_behind(used, seen)
    return seen


def can_work_in_threads(type_name: str) -> bool:
    module = sys.modules[layer_class(type_name).__module__]
    return "blobnet.ops.parallel" in modules_behind(module, set())


@pytest.mark.parametrize("type_name", STATED)
def test_every_type_that_can_work_in_threads_has_a_large_case(type_name):
    assert can_work_in_threads(type_name) == bool(STATED[type_name].large), "state `large` cases"
