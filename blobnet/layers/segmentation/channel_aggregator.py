"""ChannelAggregator: one score for each group of channels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.data._batch import naming_errors
from blobnet.text_files import read_text_file
from blobnet.types import Array


@register_layer("ChannelAggregator")
class ChannelAggregator(Layer):
    """Scores of groups of labels: what softmax makes of them is the sum over the group.

    bottom[0]  x: (N, C, H, W)
    top[0]     y: (N, G, H, W)

    Each of the G lines of `label_map_file` has the numbers of the channels of a group.

    Proto: ChannelAggregatorParameter.  Caffe: channel_aggregator_layer.cpp of DeepLab v1.
    """

    formula = "y[g] = log(sum of exp(x[c]), over the channels c of group g)"
    gradient_formula = "dx[c] = the sum of dy[g] * exp(x[c] - y[g]), over the groups that have c."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        name = self.layer_param_.channel_aggregator_param.label_map_file
        if not name:
            raise self.error("Ensure that we have a label map file", fix='label_map_file: "..."')
        with naming_errors(self):
            text = read_text_file(Path(name), DataError, setting="label_map_file")
        self._groups: list[list[int]] = []
        for number, line in enumerate(text.splitlines(), 1):
            try:
                group = [int(word) for word in line.split()]
            except ValueError:
                group = []
            if not group or min(group) < 0:
                raise self.error(
                    f"line {number} of {name} is no group of channels",
                    expected="whole numbers from 0",
                    got=f'"{line[:40]}"',
                )
            self._groups.append(group)
        if not self._groups:
            raise self.error("label_map cannot be empty", got=name)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape, largest = bottom[0].shape, max(map(max, self._groups))
        if len(shape) != 4 or shape[1] <= largest:
            raise self.error(
                "Label map points to out-of-range elements",
                expected=f"(N, C, H, W) with {largest + 1} channels or more",
                got=f"shape {shape}",
            )
        top[0].reshape((shape[0], len(self._groups), *shape[2:]))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        x = bottom[0].data
        for index, group in enumerate(self._groups):
            largest, exponentials = _exponentials(x, group)
            top[0].data[:, index] = largest + np.log(exponentials.sum(axis=1))

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        x, dx, dy = bottom[0].data, bottom[0].diff, top[0].diff
        dx.fill(0)
        for index, group in enumerate(self._groups):
            _, exponentials = _exponentials(x, group)
            ratio = dy[:, index] / exponentials.sum(axis=1)
            for position, channel in enumerate(group):  # one may come twice
                dx[:, channel] += ratio * exponentials[:, position]


def _exponentials(x: Array, group: list[int]) -> tuple[Array, Array]:
    """The largest of a group's channels, and exp(x - largest) of all of them."""
    its = x[:, group]
    largest: Array = its.max(axis=1)
    return largest, np.exp(its - largest[:, None])
