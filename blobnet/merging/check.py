"""Whether a changed net computes what the net that it was made of computes."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from blobnet.comparing.difference import Difference, difference
from blobnet.errors import NetError, explain, printable
from blobnet.net import Net


class OutputDifference(NamedTuple):
    """How far two nets are apart at an output.

    jump  where a layer makes more of it than rounding can be, as ArgMax does of two scores that are
          nearly the same: its name, and how far what it reads is apart
    """

    difference: Difference
    jump: tuple[str, float] | None = None


def compare_outputs(
    net: Net, other: Net, tolerance: float, changed: AbstractSet[str] = frozenset()
) -> dict[str, OutputDifference]:
    """How far the outputs of two nets are apart, after a forward of both with the same inputs.

    changed  names of layers that are not the same in both

    Raises NetError, naming the output, where one is beyond the tolerance; except behind a layer
    that is the same in both, and reads what is within it.
    """
    found = {}
    for name in net.outputs:
        apart = _apart(net, other, name)
        jump = None
        if not apart.relative <= tolerance:
            jump = _jump(net, other, name, tolerance, changed)
            if jump is None:
                raise _beyond(net, other, name, tolerance)
        found[name] = OutputDifference(apart, jump)
    return found


def _beyond(net: Net, other: Net, name: str, tolerance: float) -> NetError:
    shape, other_shape = net.blobs[name].shape, other.blobs[name].shape
    apart = _apart(net, other, name)
    got = (
        f"{apart.relative:.3g}: {apart.got:g} instead of {apart.expected:g} at {list(apart.place)}"
    )
    return NetError(
        explain(
            f"the nets differ at output '{printable(name)}'; nothing is written",
            expected=f"a relative difference of at most {tolerance:g}",
            got=got if shape == other_shape else f"shape {other_shape} instead of {shape}",
            fix="--tolerance allows more, --seed tries other inputs",
        )
    )


def _jump(
    net: Net, other: Net, name: str, tolerance: float, changed: AbstractSet[str]
) -> tuple[str, float] | None:
    """The unchanged layer at which a difference begins, if all begin at such."""
    seen, open_blobs = set(), [name]
    jump: tuple[str, float] | None = None
    while open_blobs:
        blob = open_blobs.pop()
        seen.add(blob)
        before = {
            bottom: _apart(net, other, bottom).relative
            for bottom in _read_for(net, blob)
            if bottom in other.blobs  # else it was taken in: what is behind it is compared
        }
        beyond = [bottom for bottom, apart in before.items() if not apart <= tolerance]
        open_blobs += [bottom for bottom in beyond if bottom not in seen]
        if not beyond:
            writers = _writers(net, blob)
            if not writers or not changed.isdisjoint(writers):
                return None
            jump = jump or (writers[0], max(before.values(), default=0.0))
    return jump


def _apart(net: Net, other: Net, name: str) -> Difference:
    """Of a blob of both."""
    return difference(net.blobs[name].data, other.blobs[name].data)


def _read_for(net: Net, blob: str) -> Iterator[str]:
    """Other blobs that the layers read which write this one."""
    for wired in net.wired:
        if blob in wired.top_names:
            yield from (bottom for bottom in wired.bottom_names if bottom != blob)


def _writers(net: Net, blob: str) -> list[str]:
    return [wired.layer.name for wired in net.wired if blob in wired.top_names]
