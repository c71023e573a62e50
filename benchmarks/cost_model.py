"""What a step of n ranks takes: compute, bytes and latencies, with the exchange behind backward.

A part of the gradients of B bytes takes 2 ((n - 1) latency + B (n - 1) / (n bandwidth)) to be
exchanged (pieces to those who add them up, sums to all), and B / adding for the sum. Parts are
exchanged one after the other, each when its gradients are there. At the end the losses go round.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

ADDING = 4e9
"""Bytes that a rank adds up in a second, of those that it has got."""


@dataclass(frozen=True)
class Network:
    """latency in seconds for a message, bandwidth in bytes a second each way"""

    name: str
    latency: float
    bandwidth: float


@dataclass(frozen=True)
class Part:
    """Gradients that are exchanged together: their bytes, and when they are there, in seconds."""

    bytes: float
    ready: float


@dataclass(frozen=True)
class Profile:
    """A net on one rank: items and seconds of a step, and the parts of its gradients."""

    name: str
    batch: int
    compute: float
    parts: Sequence[Part]

    def seconds(self, ranks: int, network: Network) -> float:
        """Of a step by so many ranks."""
        if ranks == 1:
            return self.compute
        done = 0.0
        for part in self.parts:
            done = max(done, part.ready) + exchange(part.bytes, ranks, network)
        losses = math.ceil(math.log2(ranks)) * network.latency
        return max(done, self.compute) + losses

    def efficiency(self, ranks: int, network: Network) -> float:
        """Items per second of all ranks, as a part of `ranks` times those of one."""
        return self.compute / self.seconds(ranks, network)


def exchange(size: float, ranks: int, network: Network) -> float:
    """The seconds of a part of so many bytes."""
    one_way = (ranks - 1) * network.latency + size * (ranks - 1) / ranks / network.bandwidth
    return 2 * one_way + size / ADDING


GIGABIT = Network("1 Gbit/s", 50e-6, 125e6)
TEN_GIGABIT = Network("10 Gbit/s", 20e-6, 1.25e9)
