"""In which order images are seen: that of the list, or one that is drawn for each round.

Caffe: ShuffleList and its sisters in detection_data_layer.cpp of Cascade R-CNN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from blobnet.sources.objects.object_file import ObjectFile

AS_LISTED, RANDOM, BY_ASPECT, MIXED = "", "random", "random_aspect", "random_mix_aspect"
ORDERS = (AS_LISTED, RANDOM, BY_ASPECT, MIXED)


@dataclass(frozen=True)
class DrawnOrder:
    """One of ORDERS.

    BY_ASPECT  all images that are higher than wide, then all others, or the other way round
    MIXED      the same in groups of `group` images in turn, until one kind is used up
    times      how often an image with an object that is not to be ignored comes in a round
    """

    file: ObjectFile
    kind: str = AS_LISTED
    group: int = 64
    times: int = 1

    def __call__(self, rng: np.random.Generator) -> list[int]:
        listed = [
            index
            for index, objects in enumerate(self.file.objects)
            for _ in range(self.times if (objects[:, 1] == 0).any() else 1)
        ]
        if self.kind == AS_LISTED:
            return listed
        order: list[int] = rng.permutation(listed).tolist()
        if self.kind == RANDOM:
            return order
        high = [i for i in order if self.file.sizes[i][0] >= self.file.sizes[i][1]]
        wide = [i for i in order if self.file.sizes[i][0] < self.file.sizes[i][1]]
        first, second = (high, wide) if rng.integers(2) else (wide, high)
        if self.kind == BY_ASPECT:
            return first + second
        return self._in_turn(first, second)

    def _in_turn(self, first: list[int], second: list[int]) -> list[int]:
        found: list[int] = []
        queues = [first[::-1], second[::-1]]
        while all(queues):
            queue = queues[len(found) // self.group % 2]
            found.append(queue.pop())
        return found + queues[0][::-1] + queues[1][::-1]
