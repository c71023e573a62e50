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
from blobnet.ops.pool import Pool
from tests.mill.case import N, apart, case, make, marks, positive, values
from tests.mill.cases.normalization import statistics
from tests.mill.catalogue import TYPES

IMAGES, POSITIVE = values(N, 8, 48, 48), positive(N, 8, 48, 48)
CONVOLUTIONS = [
    case(f"convolution_param {{ num_output: 16 kernel_size: 3 group: {group} }}", IMAGES)
    for group in (1, 8)
]
ALONE = [case("", IMAGES)]
RECURRENT = [case("recurrent_param { num_output: 500 }", values(2, 64, 200), marks(2, 64))]
POOLS = [("MAX", apart(N, 8, 48, 48)), ("AVE", IMAGES), ("STOCHASTIC", POSITIVE)]

LARGE = {
    "BNLL": ALONE,
    "BatchNorm": [case("", IMAGES, phase=p, weights=statistics) for p in ("TRAIN", "TEST")],
    "Bias": ALONE,
    "Convolution": CONVOLUTIONS,
    "Deconvolution": CONVOLUTIONS,
    "Dropout": ALONE,
    "ELU": ALONE,
    "Eltwise": [
        case(f"eltwise_param {{ {sum_of} }}", IMAGES, POSITIVE)
        for sum_of in ("operation: SUM", "coeff: 2 coeff: -1")
    ],
    "InnerProduct": [
        case(f"inner_product_param {{ num_output: 300 transpose: {word} }}", values(N, 3000))
        for word in ("true", "false")
    ],
    "LRN": [case("lrn_param { norm_region: WITHIN_CHANNEL local_size: 3 }", values(2, 99, 40, 40))],
    "LSTM": RECURRENT,
    "LSTMUnit": [case("", values(1, 16, 6000), values(1, 16, 24000), marks(1, 16))],
    "MVN": [case(f"mvn_param {{ normalize_variance: {w} }}", IMAGES) for w in ("true", "false")],
    "PReLU": ALONE,
    "Pooling": [
        case(f"pooling_param {{ pool: {name} kernel_size: 3 stride: 2 }}", x) for name, x in POOLS
    ],
    "RNN": RECURRENT,
    "ReLU": [case(f"relu_param {{ negative_slope: {slope} }}", IMAGES) for slope in (0, 0.1)],
    "SPP": [case(f"spp_param {{ pyramid_height: 3 pool: {name} }}", x) for name, x in POOLS],
    "Scale": [case(f"scale_param {{ bias_term: {word} }}", IMAGES) for word in ("true", "false")],
    "Sigmoid": ALONE,
    "SigmoidCrossEntropyLoss": [case("", IMAGES, POSITIVE)],
    "Split": [case("", IMAGES, num_top=3)],
    "Swish": ALONE,
}
"""Cases so large that their work is cut, for every type that can work in threads."""

CUT_IN_KERNELS = (
    set()
    if compiled("planes")
    else {
        "BatchNorm", "Bias", "ELU", "LRN", "MVN", "PReLU", "Pooling", "ReLU", "SPP", "Scale",
        "Split",
    }
)  # fmt: skip
"""Types whose work numpy does in one piece, where there are no compiled kernels."""


@pytest.fixture
def splits(monkeypatch):
    """A list that grows by an item for every piece of work that is done in threads."""
    counted: list[int] = []
    run_beside = Pool.run_beside

    def count(pool, work):
        counted.append(pool.num_threads)
        run_beside(pool, work)

    monkeypatch.setattr(Pool, "run_beside", count)
    yield counted
    parallel.set_num_threads(None)


@pytest.mark.parametrize(
    ("type_name", "case"),
    [
        pytest.param(type_name, case, id=f"{type_name}-{number}")
        for type_name, cases in LARGE.items()
        for number, case in enumerate(cases)
    ],
)
def test_the_number_of_threads_changes_no_bit(type_name, case, splits):
    results = []
    for number in (1, 2, 3):
        splits.clear()
        parallel.set_num_threads(number)
        results.append(forward_and_backward(type_name, case))
        if type_name not in CUT_IN_KERNELS:
            assert set(splits) == ({number} - {1})  # the work was cut, or it would show nothing
    for one, *others in zip(*results, strict=True):
        for other in others:
            assert one.tobytes() == other.tobytes()


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


@pytest.mark.parametrize("type_name", TYPES)
def test_every_type_that_can_work_in_threads_has_a_large_case(type_name):
    assert can_work_in_threads(type_name) == (type_name in LARGE)
