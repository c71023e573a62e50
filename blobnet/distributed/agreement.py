"""Whether all ranks are about to do the same: compared by hashes, before anything is done."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path

import numpy as np
from google.protobuf import text_format
from google.protobuf.message import Message

from blobnet.distributed.launchers import host
from blobnet.distributed.ranks import DistributedError, Ranks
from blobnet.errors import explain, printable
from blobnet.input_files import status
from blobnet.net import Net
from blobnet.solver import Solver

_OF_DATA = (".mdb", ".ldb", ".sst")  # what of a database's folder has records
_LOCK = "lock.mdb"  # LMDB's, of processes that read
_LONGEST = 100  # characters of a line that is shown


def check_agreement(ranks: Ranks, texts: Mapping[str, str]) -> None:
    """Raise DistributedError, on all ranks, where one of them differs: which, and in what.

    texts  name to all that has to be the same; what decides about others comes before them
    """
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    everyone = ranks.comm.allgather((host(), hashes))
    other = next((r for r, (_, its) in enumerate(everyone) if its != everyone[0][1]), None)
    if other is None:
        return
    ours, its = everyone[0][1], everyone[other][1]
    differing = [name for name in ours if its[name] != ours[name]]
    shown = ranks.comm.allgather({name: texts[name] for name in differing})
    who = [f"rank {rank} on {everyone[rank][0]}" for rank in (0, other)]
    first = differing[0]
    mine, theirs = _first_difference(shown[0][first], shown[other][first])
    raise DistributedError(
        explain(
            f"{who[1]} differs from {who[0]} in {', '.join(differing)}",
            expected=f"{first}: {mine}, as on rank 0",
            got=theirs,
            fix="give all of them the same files, and the same version of blobnet",
        )
    )


def of_solver(solver: Solver, *, with_weights: bool) -> dict[str, str]:
    """All in which ranks that train have to agree.

    with_weights  whether their weights have to be equal already; rank 0's are taken otherwise
    """
    settings = type(solver.param)()
    settings.CopyFrom(solver.param)
    seed = [] if with_weights else ["random_seed"]  # rank 0's numbers go on, then
    for field in ("snapshot_prefix", "solver_mode", "device_id", *seed):  # each may have its own
        settings.ClearField(field)
    of_all = {"the solver's settings": _text(settings), "where it stands": str(solver.iter)}
    return of_all | of_net(solver.net, with_weights=with_weights)


def of_net(net: Net, *, with_weights: bool = True) -> dict[str, str]:
    """All in which ranks that run a net have to agree."""
    layers = [wired.layer for wired in net.wired]
    found = {
        "the type of its numbers": str(np.dtype(layers[0].dtype) if layers else ""),
        "the net": "\n".join(_text(layer.layer_param_) for layer in layers),
        "the length of its data": "\n".join(_sizes_of_data(net)),
    }
    if with_weights:
        found["its weights"] = _digest(blob.data for blob in net.learnable_params)
    return found


def _text(message: Message) -> str:
    return text_format.MessageToString(message)


def _digest(arrays: Iterator[np.ndarray]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _sizes_of_data(net: Net) -> Iterator[str]:
    """A line for each file or folder that layers without bottoms name as their `source`."""
    for layer in (wired.layer for wired in net.wired):
        if layer.layer_param_.bottom:
            continue
        for field, value in layer.layer_param_.ListFields():
            source = getattr(value, "source", None) if isinstance(value, Message) else None
            if isinstance(source, str) and source:
                size = size_of_data(Path(source))
                yield f"{field.name} of {printable(layer.name)}: {source}: {size}"


def size_of_data(path: Path) -> Mapping[str, int] | str:
    """The bytes of a file, or of the files with records of a database's folder."""
    found = status(path)
    if found is None:
        return "not there"
    if not path.is_dir():
        return {path.name: found.st_size}
    files = sorted(
        each for each in path.iterdir() if each.suffix in _OF_DATA and each.name != _LOCK
    )
    return {each.name: each.stat().st_size for each in files}


def _first_difference(one: str, other: str) -> tuple[str, str]:
    """The first lines that are not the same."""
    for mine, theirs in zip_longest(one.split("\n"), other.split("\n"), fillvalue="nothing more"):
        if mine != theirs:
            return mine.strip()[:_LONGEST], theirs.strip()[:_LONGEST]
    return one[:_LONGEST], other[:_LONGEST]
