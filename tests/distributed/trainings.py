"""Small trainings, each by all ranks of an MPI or by one process in their place.

As a program, under mpiexec: `trainings.py FOLDER`, where the data are. It prints what came out.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

import blobnet
from blobnet import pycaffe as caffe
from blobnet.distributed import DistributedError, connect, shared_memory
from blobnet.distributed.forwards import forwards
from blobnet.distributed.ranks import Ranks
from blobnet.distributed.world import find_ranks
from tests.solver.training import RANDOM_DATA, REGRESSION, SETTINGS, make_solver

Outcome = dict[str, object]

TOPS = 'name: "data" top: "data" top: "label"'
CROP = "transform_param { crop_size: 3 mirror: true scale: 0.01 }"
FILLER = 'weight_filler { type: "xavier" }'
CONVOLUTION = f"""
    layer {{ name: "conv" type: "Convolution" bottom: "data" top: "conv"
      convolution_param {{ num_output: 4 kernel_size: 3 pad: 1 {FILLER} }} }}
    layer {{ name: "relu" type: "ReLU" bottom: "conv" top: "conv" }}
    layer {{ name: "drop" type: "Dropout" bottom: "conv" top: "conv" }}
    layer {{ name: "ip" type: "InnerProduct" bottom: "conv" top: "ip"
      inner_product_param {{ num_output: 17 {FILLER} }} }}
    layer {{ name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }}
"""
SHARED = """
    layer { name: "one" type: "InnerProduct" bottom: "x" top: "one" param { name: "w" }
      inner_product_param { num_output: 4 bias_term: false weight_filler { type: "xavier" } } }
    layer { name: "two" type: "InnerProduct" bottom: "one" top: "two" param { name: "w" }
      inner_product_param { num_output: 4 bias_term: false weight_filler { type: "xavier" } } }
""" + REGRESSION.replace('bottom: "x"', 'bottom: "two"')
NORMALIZED = (
    'layer { name: "bn" type: "BatchNorm" bottom: "x" top: "x" }'
    'layer { name: "scale" type: "Scale" bottom: "x" top: "x" }'
    'layer { name: "segnet" type: "BN" bottom: "x" top: "x" }' + REGRESSION
)


def lmdb(folder: Path) -> str:
    param = f'source: "{folder}/db" backend: LMDB batch_size: 2 shuffle: true'
    return f'layer {{ {TOPS} type: "Data" data_param {{ {param} }} {CROP} }}' + CONVOLUTION


def plain_lmdb(folder: Path) -> str:
    return lmdb(folder).replace("shuffle: true", "")


def images(folder: Path) -> str:
    param = f'source: "{folder}/list.txt" batch_size: 3 shuffle: true'
    return f'layer {{ {TOPS} type: "ImageData" image_data_param {{ {param} }} {CROP} }}' + (
        CONVOLUTION
    )


def hdf5(folder: Path) -> str:
    param = f'source: "{folder}/files.txt" batch_size: 3 shuffle: true'
    data = (
        f'layer {{ name: "data" top: "x" top: "y" type: "HDF5Data" hdf5_data_param {{ {param} }} }}'
    )
    return data + REGRESSION


TRAININGS: dict[str, tuple[Callable[[Path], str], str]] = {
    "shared weights": (lambda folder: RANDOM_DATA + SHARED, "momentum: 0.9 weight_decay: 0.01"),
    "LMDB, shuffled, Adam": (lmdb, 'type: "Adam" momentum: 0.9 momentum2: 0.99 base_lr: 0.01'),
    "LMDB, two passes": (plain_lmdb, "momentum: 0.9 iter_size: 2 clip_gradients: 1"),
    "images": (images, 'type: "Nesterov" momentum: 0.9'),
    "HDF5, three passes": (hdf5, "iter_size: 3 average_loss: 4"),
}
"""Name to net and settings: what is to be the same bits."""


def write_data(folder: Path) -> None:
    from tests.sources.image_files import write_list, write_png
    from tests.sources.lmdb_files import write_images

    rng = np.random.default_rng(8)
    pictures = rng.integers(256, size=(17, 3, 5, 6), dtype=np.uint8)
    write_images(folder / "db", pictures)
    files = [write_png(folder / f"{i}.png", image) for i, image in enumerate(pictures)]
    write_list(folder / "list.txt", [f"{file} {i}" for i, file in enumerate(files)])
    write_rows(folder)


def write_rows(folder: Path) -> None:
    """What `hdf5` reads."""
    import h5py

    from tests.sources.image_files import write_list

    rng = np.random.default_rng(9)
    parts = [folder / "a.h5", folder / "b.h5", folder / "c.h5"]
    for path, rows in zip(parts, (5, 1, 8), strict=True):
        with h5py.File(path, "w") as file:
            file["x"] = rng.normal(size=(rows, 4)).astype(np.float32)
            file["y"] = rng.normal(size=(rows, 3)).astype(np.float32)
    write_list(folder / "files.txt", parts)


def digest(solver: blobnet.Solver) -> str:
    """Of all that decides how a training goes on."""
    found = hashlib.sha256()
    for array in (*(blob.data for blob in solver.net.learnable_params), *solver.history_):
        found.update(np.ascontiguousarray(array))
    return f"{found.hexdigest()} {solver.loss!r} {solver.smoothed_loss!r} {solver.get_state()}"


class Run:
    """What each training asks: a solver of `ranks`, or one that makes the passes of `count`.

    name  of its own snapshots
    """

    def __init__(self, folder: Path, ranks: Ranks | None, count: int, name: str = "one") -> None:
        self.folder, self.ranks, self.count, self.name = folder, ranks, count, name

    def solver(self, net: str, settings: str = "", **options) -> blobnet.Solver:
        solver = make_solver(net, settings)
        if self.ranks is None:
            solver.param.iter_size *= self.count
        else:
            assert connect(solver, self.ranks, **options) == (self.count > 1)
        return solver

    def is_all(self, values: object) -> bool:
        """Whether all ranks have the same."""
        return self.ranks is None or len(set(self.ranks.comm.allgather(values))) == 1


def same_bits(run: Run) -> Outcome:
    """Also where gradients are sent, as between machines, in place of memory that all see."""
    found: Outcome = {}
    for name, (net, settings) in TRAININGS.items():
        solver = run.solver(net(run.folder), settings)
        solver.step(4)
        solver.step(3)
        found[name] = digest(solver)
        assert run.is_all(digest(solver))
        if run.count > 1 and run.ranks is not None:
            assert sent(run, net(run.folder), settings) == found[name]
    return found


def sent(run: Run, net: str, settings: str) -> str:
    """The same by messages."""
    seen, shared_memory.free_bytes = shared_memory.free_bytes, lambda: 0
    try:
        solver = run.solver(net, settings)
    finally:
        shared_memory.free_bytes = seen
    solver.step(4)
    solver.step(3)
    return digest(solver)


def resumed(run: Run) -> Outcome:
    """Half of a training and, from its snapshot, the other half; and by one process."""
    prefix = f"{run.folder}/{run.name}"
    settings = f'momentum: 0.9 snapshot: 3 snapshot_prefix: "{prefix}"'
    solver = run.solver(lmdb(run.folder), settings)
    solver.step(6)
    state = Path(f"{prefix}_iter_3.solverstate")
    again = make_solver(lmdb(run.folder), f"{settings} random_seed: 99")
    if run.ranks is None:
        again.param.iter_size *= run.count
    again.restore(state)
    if run.ranks is not None:
        connect(again, run.ranks)
    again.step(3)
    assert digest(again) == digest(solver)
    assert run.is_all(digest(again))
    return {"resumed": digest(again)}


def statistics(run: Run) -> Outcome:
    """Learned weights are equal; averages are those of the first rank's batches alone."""
    solver = run.solver(RANDOM_DATA + NORMALIZED, "momentum: 0.9")
    solver.step(4)
    learned = [
        blob.data.tobytes().hex()
        for blob, rate in zip(solver.net.learnable_params, solver.net.params_lr, strict=True)
        if rate
    ]
    return {"learned": learned, "batches counted": float(solver.net.params["bn"][2].data[0])}


def whole_batch(run: Run) -> Outcome:
    """BatchNorm over all ranks' batches, and one process with a batch as large as all of them."""
    size = 2 if run.ranks else 2 * run.count
    net = hdf5(run.folder).replace("batch_size: 3 shuffle: true", f"batch_size: {size}")
    net = net.replace(REGRESSION, NORMALIZED)
    solver = make_solver(net, "momentum: 0.9", dtype=np.float64)
    if run.ranks is not None:
        connect(solver, run.ranks, sync_bn=True)
    solver.step(4)
    return {"weights": [blob.data.ravel().tolist() for blob in solver.net.learnable_params]}


def sums_in_any_order(run: Run) -> Outcome:
    options = {} if run.ranks is None else {"reduce": "fast"}
    solver = run.solver(RANDOM_DATA + SHARED, "momentum: 0.9 iter_size: 2", **options)
    solver.step(4)
    return {"weights": [blob.data.ravel().tolist() for blob in solver.net.learnable_params]}


def only_ranks(run: Run) -> Outcome:
    """What only several processes have to agree on."""
    assert run.ranks is not None
    found: Outcome = {}
    last = run.count - 1
    solver = run.solver(RANDOM_DATA + REGRESSION)
    solver.add_callback(lambda: None, lambda: solver.request_early_exit() if stops() else None)

    def stops() -> bool:
        return run.ranks.rank == last and solver.iter == 2

    solver.step(50)
    found["stopped at"] = run.ranks.comm.allgather(solver.iter)
    copy = pickle.loads(pickle.dumps(solver))
    if run.ranks.is_first:
        copy.step(1)  # nobody else is asked
    found["copy"] = copy.passes_per_update
    for what, settings in (("rate", "base_lr: 0.5"), ("seed", "random_seed: 5")):
        other = make_solver(RANDOM_DATA + REGRESSION, settings if run.ranks.rank == last else "")
        try:
            connect(other, run.ranks)
        except DistributedError as error:
            found[what] = str(error)
    net = blobnet.Net(blobnet.parse_net(RANDOM_DATA + REGRESSION), "TEST", seed=run.ranks.rank)
    try:
        list(forwards(net, 3, run.ranks))
    except DistributedError as error:
        found["weights of a test"] = str(error)
    unseeded = make_solver(RANDOM_DATA + REGRESSION, "random_seed: -1")
    connect(unseeded, run.ranks)
    unseeded.step(2)
    assert run.is_all(digest(unseeded))
    return found


def by_nccl(run: Run) -> Outcome:
    """As scripts for several GPUs do it, with a seed that is another on each rank."""
    ranks = run.ranks
    assert ranks is not None
    caffe.set_solver_count(ranks.count)
    caffe.set_solver_rank(ranks.rank)
    param = blobnet.parse_solver(f"{SETTINGS} momentum: 0.9")
    param.net_param.CopyFrom(blobnet.parse_net(RANDOM_DATA + REGRESSION))
    solver = caffe.get_solver(param)
    nccl = caffe.NCCL(solver, caffe.NCCL.new_uid())
    nccl.bcast()
    solver.add_callback(nccl)
    solver.net.after_backward(nccl)
    solver.step(3)
    return {"all": run.is_all(digest(solver)), "passes": solver.passes_per_update}


def all_parts(folder: Path, ranks: Ranks, name: str) -> None:
    """All that so many ranks are asked for; the first writes what came out."""
    run = Run(folder, ranks, ranks.count, name)
    parts = [same_bits, resumed, statistics, whole_batch, sums_in_any_order]
    if ranks.count > 1:
        parts.append(only_ranks)
    if name == "4":  # which are all that MPI has started
        parts.append(by_nccl)
    found = {part.__name__: part(run) for part in parts}
    if ranks.is_first:
        (folder / f"{name}.json").write_text(json.dumps(found))


def part_of(ranks: Ranks, group: int) -> Ranks:
    """The ranks that have named the same group, by themselves."""
    comm = ranks.comm.Split(group)
    return Ranks(comm.rank, comm.size, comm, ranks.mpi)


def main(folder: Path) -> None:
    """One start for 4 ranks, for 3 beside 1, and for 2 beside 2."""
    ranks = find_ranks()
    assert ranks is not None
    all_parts(folder, ranks, "4")
    three_and_one = part_of(ranks, ranks.rank // 3)
    all_parts(folder, three_and_one, str(three_and_one.count))
    two_and_two = part_of(ranks, ranks.rank // 2)
    all_parts(folder, two_and_two, f"2{'ab'[ranks.rank // 2]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
