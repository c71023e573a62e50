"""DeepHandModel: where the joints of a hand are, from how it is turned and bent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.vision._hand import (
    BONES,
    FREEDOMS,
    HAND,
    JOINTS,
    Joint,
    read_freedoms,
    read_numbers,
)
from blobnet.types import Array

_PLANES = {"x": (1, 2), "y": (0, 2), "z": (0, 1)}
"""The two rows and columns of a matrix that a turn around an axis changes."""


@register_layer("DeepHandModel")
class DeepHandModel(Layer):
    """The forward kinematics of a hand of 31 joints, which a net learns through.

    bottom[0]  freedoms: (N, 47)  angles in radians, and three lengths: of the whole hand's place
    top[0]     places: (N, 93)    x, y and z of each joint

    The layer reads three text files where the program runs, as the fork does:
    configuration/BoneLength.txt has 30 lengths, InitialParameters.txt 47 values to which the
    bottom's are added, DofFixedId.txt a number and so many freedoms that stay at these. A joint is
    where a product of turns and steps along bones leads. A turn around y has its sines as one
    around x has, not as is usual. All is computed in double.

    Proto: InnerProductParameter (`axis`, which must be 1).  Caffe: deep_hand_model_layers.cpp of
    xingyizhou/DeepModel.
    Paper: Zhou et al., "Model-based Deep Hand Pose Estimation", IJCAI 2016.
    """

    formula = "places = product of turns and steps on the way to each joint, applied to the origin."
    gradient_formula = "the derivative; 0 for freedoms that are fixed."

    exact_num_bottom_blobs = 1
    exact_num_top_blobs = 1
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        refuse_in_place(self, bottom, top)
        self._bones = read_numbers(self, "BoneLength", BONES)
        self._start = np.array(read_numbers(self, "InitialParameters", FREEDOMS))
        self._fixed = read_freedoms(self, "DofFixedId")

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        shape = bottom[0].shape
        axis = bottom[0].canonical_axis(self.layer_param_.inner_product_param.axis)
        if axis != 1 or bottom[0].count(1) != FREEDOMS:
            raise self.error(
                "the bottom does not have the freedoms of a hand",
                expected=f"{FREEDOMS} values for each item, from axis 1 on",
                got=f"shape {shape}, axis {axis}",
            )
        top[0].reshape((shape[0], 3 * JOINTS))

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        given = bottom[0].data.reshape(-1, FREEDOMS).astype(np.float64)
        given[:, sorted(self._fixed)] = 0
        self._values = self._start + given
        places = top[0].data.reshape(-1, JOINTS, 3)
        self._reached = {-1: np.broadcast_to(np.eye(4), (len(given), 4, 4))}
        for joint in HAND:
            reached = self._reached[joint.parent]
            for matrix, _ in self._steps(joint):
                reached = reached @ matrix
            self._reached[joint.row] = reached
            places[:, joint.row] = reached[:, :3, 3]

    def backward_cpu(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        if not propagate_down[0]:
            return
        d_places = top[0].diff.reshape(-1, JOINTS, 3)
        result = np.zeros((len(d_places), FREEDOMS))
        d_reached = {index: np.zeros((len(d_places), 4, 4)) for index in range(-1, JOINTS)}
        for joint in reversed(HAND):
            d = d_reached[joint.row]
            d[:, :3, 3] += d_places[:, joint.row]
            steps = self._steps(joint)
            before = [self._reached[joint.parent]]
            for matrix, _ in steps[:-1]:
                before.append(before[-1] @ matrix)
            for (matrix, freedom), reached in zip(reversed(steps), reversed(before), strict=True):
                if freedom is not None and freedom[1] not in self._fixed:
                    slope = self._slope(*freedom)
                    result[:, freedom[1]] += (d * (reached @ slope)).sum(axis=(1, 2))
                d = d @ np.swapaxes(matrix, -1, -2)
            d_reached[joint.parent] += d
        bottom[0].diff.reshape(result.shape)[...] = result

    def _steps(self, joint: Joint) -> list[tuple[Array, tuple[str, int] | None]]:
        """The matrices on the way to a joint, (N, 4, 4) or (4, 4), and which freedom each has."""
        steps: list[tuple[Array, tuple[str, int] | None]] = [
            (self._matrix(*move), move) for move in joint.moves
        ]
        if joint.bone is not None:
            axis, bone, sign = joint.bone
            matrix = np.eye(4)
            matrix["XYZ".index(axis), 3] = sign * self._bones[bone]
            steps.append((matrix, None))
        return steps

    def _matrix(self, axis: str, freedom: int) -> Array:
        """(N, 4, 4): a turn around an axis, or a step along it."""
        values = self._values[:, freedom]
        matrices = np.tile(np.eye(4), (len(values), 1, 1))
        if axis in _PLANES:
            a, b = _PLANES[axis]
            matrices[:, a, a] = matrices[:, b, b] = np.cos(values)
            matrices[:, b, a] = np.sin(values)
            matrices[:, a, b] = -matrices[:, b, a]
        else:
            matrices[:, "XYZ".index(axis), 3] = values
        return matrices

    def _slope(self, axis: str, freedom: int) -> Array:
        """The derivative of `_matrix` by the freedom."""
        values = self._values[:, freedom]
        matrices = np.zeros((len(values), 4, 4))
        if axis in _PLANES:
            a, b = _PLANES[axis]
            matrices[:, a, a] = matrices[:, b, b] = -np.sin(values)
            matrices[:, b, a] = np.cos(values)
            matrices[:, a, b] = -matrices[:, b, a]
        else:
            matrices[:, "XYZ".index(axis), 3] = 1
        return matrices
