"""The same bits of weights and momentum, whatever kernels BLAS has, however a run goes on.

Each run is a process of its own: which kernels numpy's products take is settled when it starts.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import blobnet

PROCESSOR = Path("/proc/cpuinfo")
FLAGS = set(PROCESSOR.read_text().split()) if PROCESSOR.is_file() else set()

NEEDED = {
    "SkylakeX": {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"},
    "Haswell": {"avx2", "fma"},
    "Zen": {"avx2", "fma"},
    "Sandybridge": {"avx"},
    "Nehalem": {"sse4_2"},
    "Prescott": {"pni"},
}
"""The kernels that OpenBLAS may be asked for, and what the processor must have."""

NUMPY_ONLY = {"NUMBA_DISABLE_JIT": "1"}
ONCE_MORE = pytest.mark.skipif(NUMPY_ONLY.items() <= os.environ.items(), reason="so are all others")

KERNELS = [
    pytest.param({}, id="as it comes"),
    pytest.param(NUMPY_ONLY, id="without numba", marks=ONCE_MORE),
    *(
        pytest.param(
            {"OPENBLAS_CORETYPE": name, **more},
            id=name + " without numba" * bool(more),
            marks=[
                pytest.mark.skipif(not needed <= FLAGS, reason="not known to have these"),
                *([ONCE_MORE] if more else []),
            ],
        )
        for name, needed in NEEDED.items()
        for more in ({}, *([NUMPY_ONLY] if name == "Haswell" else []))
    ),
]

TRAINING = '''
import hashlib, itertools, sys
import blobnet
from blobnet.datasets.digits import load_digits

STEPS = 2

LENET = """
    net_param {
      layer {
        name: "digits" type: "MemoryData" top: "data" top: "label"
        memory_data_param { batch_size: 64 channels: 1 height: 28 width: 28 }
      }
      layer {
        name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
        convolution_param { num_output: 20 kernel_size: 5 weight_filler { type: "xavier" } }
      }
      layer {
        name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1"
        pooling_param { pool: MAX kernel_size: 2 stride: 2 }
      }
      layer {
        name: "conv2" type: "Convolution" bottom: "pool1" top: "conv2"
        convolution_param { num_output: 50 kernel_size: 5 weight_filler { type: "xavier" } }
      }
      layer {
        name: "pool2" type: "Pooling" bottom: "conv2" top: "pool2"
        pooling_param { pool: MAX kernel_size: 2 stride: 2 }
      }
      layer {
        name: "ip1" type: "InnerProduct" bottom: "pool2" top: "ip1"
        inner_product_param { num_output: 500 weight_filler { type: "xavier" } }
      }
      layer { name: "relu1" type: "ReLU" bottom: "ip1" top: "ip1" }
      layer {
        name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2"
        inner_product_param { num_output: 10 transpose: true weight_filler { type: "xavier" } }
      }
      layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip2" bottom: "label" top: "loss" }
    }
    base_lr: 0.01 momentum: 0.9 weight_decay: 0.0005 random_seed: 7 lr_policy: "fixed"
    max_iter: 100
"""
SMALL_BATCH = LENET.replace("batch_size: 64", "batch_size: 3").replace("500", "333")
KINDS = {"lenet": LENET, "two": LENET + "iter_size: 2", "small": SMALL_BATCH + "iter_size: 2"}

ROWS = 960  # whole batches
digits = load_digits()
images = (digits.train_images[:ROWS, None] / 256).astype("float32")
labels = digits.train_labels[:ROWS].astype("float32")

def solver_for(kind):
    solver = blobnet.get_solver(blobnet.parse_solver(KINDS[kind] + f' snapshot_prefix: "{kind}"'))
    solver.net.layers[0].set_input_arrays(images, labels)
    return solver

def bits(solver):
    arrays = [*(blob.data for blob in solver.net.learnable_params), *solver.history_]
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()

for threads, kind in itertools.product(sys.argv[1], KINDS):
    if threads != "0":
        blobnet.set_num_threads(int(threads))
    solver = solver_for(kind)
    if sys.argv[2] == "go on":
        solver.restore(f"{kind}_iter_{STEPS}.solverstate")
        assert solver.iter == STEPS
    else:
        solver.step(STEPS)
        if sys.argv[2] == "keep" and threads == sys.argv[1][0]:
            solver.snapshot()
    solver.step(STEPS)
    print(kind, bits(solver))
'''


def run(folder, threads, what, environment):
    """The last bits of a run for each kind of training and each number of threads."""
    inherited = {
        name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"
    }
    done = subprocess.run(
        [sys.executable, "-c", TRAINING, threads, what],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(Path(blobnet.__file__).parents[1]), **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-1000:]
    return re.findall(r"(\w+) (\w{64})", done.stdout)


@pytest.mark.parametrize("environment", KERNELS)
def test_threads_and_a_new_start_change_no_bit(environment, tmp_path):
    first = run(tmp_path, "123", "keep", environment)
    unbroken = first[:3]
    assert [kind for kind, _ in unbroken] == ["lenet", "two", "small"]
    assert len({bits for _, bits in unbroken}) == 3
    assert first == unbroken * 3
    assert run(tmp_path, "1", "go on", environment) == unbroken


@pytest.mark.parametrize("name", ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"])
def test_threads_that_blas_is_promised_change_no_bit(name, tmp_path):
    """Job schedulers set these for every program."""
    expected = run(tmp_path, "1", "do not keep", {})
    assert run(tmp_path, "0", "do not keep", {name: "2"}) == expected
