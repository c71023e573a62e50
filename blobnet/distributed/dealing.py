"""Work on many items that ranks deal out among themselves: images to convert, to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, zip_longest
from typing import Any, TypeVar

from blobnet.distributed.ranks import Ranks

Item = TypeVar("Item")
Result = TypeVar("Result")

_IN_A_TURN = 8  # results that a rank hands over together
_NONE: Any = ()  # where one rank has an item less than others; never handed out


def hand(items: Sequence[Item], ranks: Ranks | None) -> Sequence[Item]:
    """The items of this rank: of every n of them rank r has the r-th."""
    return items if ranks is None else items[ranks.rank :: ranks.count]


def in_turns(own: Iterable[Result], total: int, ranks: Ranks | None) -> Iterator[Result]:
    """On the first rank the results of all, in the order of the items; elsewhere nothing comes.

    own    the results of this rank's `hand`, which are made when they are asked for: no more than
           some of each rank are in memory
    total  how many items all ranks have
    """
    if ranks is None:
        yield from own
        return
    coming = iter(own)
    for _ in range(0, total, _IN_A_TURN * ranks.count):
        of_all = ranks.gather(list(islice(coming, _IN_A_TURN)))
        for turn in zip_longest(*(of_all or []), fillvalue=_NONE):
            yield from (result for result in turn if result is not _NONE)
