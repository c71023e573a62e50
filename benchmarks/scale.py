"""How a training scales over ranks, by the model of `cost_model.py`: a table, a picture, a check.

    python -m benchmarks.scale                       # the table, and docs/scale.png
    python -m benchmarks.scale --profile             # measure this machine's steps anew
    python -m benchmarks.scale --check 0 1 5         # 2 ranks, that many milliseconds apart
    python -m benchmarks.scale --check 2 --loss 0.5  # so many packets of a hundred do not arrive

A profile is the processor time of each layer with one thread, so that it means something on a busy
machine, scaled to the seconds of a step as `benchmarks/README.md` has them for two threads. The
check, for root, runs LeNet on two hosts in network namespaces, and the model beside it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import blobnet
from benchmarks.cost_model import GIGABIT, TEN_GIGABIT, Network, Part, Profile
from benchmarks.inputs import fill_inputs
from benchmarks.processes import ROOT
from benchmarks.ranks import peer, turn
from benchmarks.ranks_peer import make
from blobnet.distributed.buckets import make_buckets
from blobnet.extras import import_extra
from blobnet.solver import Solver

FILE = Path(__file__).with_name("scale_profiles.json")
PICTURE = ROOT / "docs" / "scale.png"
RANKS = [2**k for k in range(9)]
SECONDS = {"lenet": (64, 0.0117), "googlenet": (8, 0.608), "resnet50": (8, 1.405)}
"""Of a step of so many items: forward, backward and update by two threads."""

_ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser("benchmarks.scale", description=__doc__)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--check", nargs="+", type=float, metavar="MS")
    parser.add_argument("--loss", type=float, default=0.0, metavar="PERCENT")
    options = parser.parse_args()
    if options.profile:
        FILE.write_text(json.dumps([_as_json(profile(net)) for net in SECONDS], indent=1) + "\n")
    if options.check:
        check(options.check, options.loss)
        return
    profiles = read_profiles()
    print_table(profiles)
    draw(profiles)


# --- profiles -------------------------------------------------------------------------------------


def read_profiles() -> list[Profile]:
    found = json.loads(FILE.read_text())
    return [Profile(**{**each, "parts": [Part(*part) for part in each["parts"]]}) for each in found]


def profile(net: str) -> Profile:
    """When each part of a net's gradients is there, in a step that takes what SECONDS says."""
    batch, seconds = SECONDS[net]
    blobnet.set_num_threads(1)
    solver = make(net, batch)
    buckets = make_buckets(solver.net)
    marks = [_times(solver) for _ in range(_ROUNDS)][1:]
    times = np.median(np.array(marks), axis=0)  # of each layer's end in backward, then of the step
    scale = seconds / times[-1]
    parts = [
        Part(bucket.arrays[0].nbytes, float(times[bucket.layer] * scale)) for bucket in buckets
    ]
    return Profile(net, batch, seconds, parts)


def _times(solver: Solver) -> list[float]:
    """Processor seconds from a step's begin to each layer's end in backward, and to its own."""
    ends = [0.0] * len(solver.net.layers)
    started = time.thread_time()

    def note(layer: int) -> None:
        ends[layer] = time.thread_time() - started

    solver.net.callbacks.after_backward.append(note)
    solver.step(1)
    solver.net.callbacks.after_backward.remove(note)
    return [*ends, time.thread_time() - started]


def _as_json(found: Profile) -> dict[str, object]:
    parts = [[part.bytes, round(part.ready, 6)] for part in found.parts]
    return {"name": found.name, "batch": found.batch, "compute": found.compute, "parts": parts}


# --- what it says ---------------------------------------------------------------------------------


def print_table(profiles: Sequence[Profile]) -> None:
    print("images per second beside one rank, for 2, 4, 16, 64 and 256 ranks")
    for each in profiles:
        for network in (GIGABIT, TEN_GIGABIT):
            gains = [n * each.efficiency(n, network) for n in (2, 4, 16, 64, 256)]
            print(f"{each.name:<10} {network.name:<10}", *(f"{gain:7.1f}" for gain in gains))


def draw(profiles: Sequence[Profile]) -> None:
    import_extra("matplotlib", "plot", "a picture")
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
    axes.plot(RANKS, RANKS, color="0.7", linewidth=1, label="n times one rank")
    for number, each in enumerate(profiles):
        for network, style in ((GIGABIT, "--"), (TEN_GIGABIT, "-")):
            gains = [n * each.efficiency(n, network) for n in RANKS]
            label = f"{each.name}, {each.batch} for each rank, {network.name}"
            axes.plot(RANKS, gains, style, color=f"C{number}", label=label)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=2)
    axes.set_xticks(RANKS, [str(n) for n in RANKS])
    axes.set_yticks(RANKS, [str(n) for n in RANKS])
    axes.set(xlabel="ranks", ylabel="images per second beside one rank", ylim=(0.5, 300))
    axes.legend(fontsize="small")
    figure.savefig(PICTURE, dpi=100)


# --- beside measurements --------------------------------------------------------------------------


def check(
    delays: Sequence[float], loss: float, net: str = "lenet", batch: int = 8, rounds: int = 15
) -> None:
    """Steps of two ranks on hosts that many milliseconds apart, in turns with one rank alone.

    The model knows of no loss.
    """
    words = [sys.executable, "-m", "benchmarks.ranks_peer", net, str(batch), "1"]
    rate = 1e9
    for delay in delays:
        link = ["--delay", str(delay), "--loss", str(loss), "--rate", str(rate)]
        apart = [str(ROOT / "scripts" / "two_hosts"), *link]
        together: list[float] = []
        alone: list[float] = []
        with peer(words) as one, peer([*apart, *words]) as two:
            for _ in range(rounds):
                alone.append(turn(one, 10))
                together.append(turn(two, 10))
        compute = statistics.median(alone)
        solver = make(net, batch)
        fill_inputs(solver.net, 10)
        sizes = [bucket.arrays[0].nbytes for bucket in make_buckets(solver.net)]
        network = Network("measured", 1e-3 * delay + 1e-4, rate / 8)
        parts = [
            Part(size, compute * place) for size, place in zip(sizes, (0.6, 1.0), strict=False)
        ]
        expected = Profile(net, batch, compute, parts).seconds(2, network)
        print(
            f"{net}, {delay:g} ms, {loss:g} % lost: alone {1e3 * compute:.1f} ms, two ranks "
            f"{1e3 * statistics.median(together):.1f} ms, the model {1e3 * expected:.1f} ms",
            flush=True,
        )


if __name__ == "__main__":
    try:
        main()
    except subprocess.SubprocessError as error:
        sys.exit(f"benchmarks.scale: {error}")
