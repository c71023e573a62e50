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
        if name not in other.blobs or other.blobs[name].shape != net.blobs[name].shape:
            got = other.blobs[name].shape if name in other.blobs else "no such blob"
            what = f"the nets differ at output '{printable(name)}'; nothing is written"
            raise NetError(explain(what, expected=f"shape {net.blobs[name].shape}", got=got))
        apart = difference(net.blobs[name].data, other.blobs[name].data)
        jump = None
        if not apart.relative <= tolerance:
            jump = _jump(net, other, name, tolerance, changed)
            if jump is None:
                raise _beyond(name, apart, tolerance)
        found[name] = OutputDifference(apart, jump)
    return found


def _beyond(name: str, apart: Difference, tolerance: float) -> NetError:
    return NetError(
        explain(
            f"the nets differ at output '{printable(name)}'; nothing is written",
            expected=f"a relative difference of at most {tolerance:g}",
            got=f"{apart.relative:.3g}: {apart.got:g} instead of {apart.expected:g} at "
            f"{list(apart.place)}",
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
        before = {bottom: _apart(net, other, bottom) for bottom in _read_for(net, blob)}
        beyond = [bottom for bottom, apart in before.items() if not apart <= tolerance]
        open_blobs += [bottom for bottom in beyond if bottom not in seen]
        if not beyond:
            writers = _writers(net, blob)
            if not writers or not changed.isdisjoint(writers):
                return None
            jump = jump or (writers[0], max(before.values(), default=0.0))
    return jump


def _apart(net: Net, other: Net, name: str) -> float:
    if name not in other.blobs or other.blobs[name].shape != net.blobs[name].shape:
        return 0.0  # taken in: what is behind it is compared
    return difference(net.blobs[name].data, other.blobs[name].data).relative


def _read_for(net: Net, blob: str) -> Iterator[str]:
    """Other blobs that the layers read which write this one."""
    for wired in net.wired:
        if blob in wired.top_names:
            yield from (bottom for bottom in wired.bottom_names if bottom != blob)


def _writers(net: Net, blob: str) -> list[str]:
    return [wired.layer.name for wired in net.wired if blob in wired.top_names]
