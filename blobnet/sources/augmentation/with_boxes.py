"""What is done with an image and its boxes at once: distortion, a larger canvas, a piece of it.

Caffe: annotated_data_layer.cpp and data_transformer.cpp of SSD.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from blobnet.errors import LayerError, explain
from blobnet.proto import TransformationParameter
from blobnet.sources.annotations import Annotations
from blobnet.sources.augmentation import boxes as box_math
from blobnet.sources.augmentation.box_sampler import BoxSampler, drawn_piece, jittered_piece
from blobnet.sources.augmentation.distortion import Distortion
from blobnet.sources.augmentation.expansion import Expansion
from blobnet.sources.image import jpeg_again
from blobnet.types import Array


class Augmentation:
    """What is done with an image and its boxes before `DataTransformer`. Raises LayerError.

    jitter  YOLO's, where there are no samplers; 0 draws nothing
    """

    def __init__(
        self, param: TransformationParameter, samplers: Sequence[BoxSampler], jitter: float
    ) -> None:
        if param.mean_file and param.HasField("expand_param"):
            raise LayerError(
                explain("expand_param cannot fill with a mean_file", fix="state mean_value")
            )
        has = param.HasField
        self._distortion = Distortion(param.distort_param) if has("distort_param") else None
        self._expansion = (
            Expansion(param.expand_param, param.mean_value) if has("expand_param") else None
        )
        self.constraint = param.emit_constraint if has("emit_constraint") else None
        self._samplers, self._jitter = list(samplers), jitter

    def apply(
        self,
        image: Array,
        found: Annotations,
        rng: np.random.Generator,
        *,
        as_jpeg: bool,
        pads: bool,
    ) -> tuple[Array, Annotations, Array | None]:
        """The image and its boxes after distortion, expansion and cutting; and what was cut out.

        as_jpeg  whether the image came as a file
        pads     whether it will be put into its new size as it is, and not squeezed
        """
        store = jpeg_again if as_jpeg else _unchanged
        if self._distortion is not None:
            image = store(self._distortion.apply(image, rng))
        expanded = self._expansion.apply(image, rng) if self._expansion is not None else None
        if expanded is not None:
            image = store(expanded[0])
            found = self.projected(found, expanded[1])
        piece = self._piece(found, rng, pads)
        if piece is not None:
            rows, columns = box_math.pixels(piece, *image.shape[1:])
            image = store(image[:, rows, columns])
            found = self.projected(found, np.clip(piece, 0, 1))
        return image, found, piece

    def projected(self, found: Annotations, window: Array) -> Annotations:
        """The boxes that stay where a window is cut out, in shares of it."""
        stays = np.ones(len(found.boxes), bool)
        if self.constraint is not None:
            stays = box_math.emitted(window, found.boxes, self.constraint)
        moved, is_left = box_math.projected(window, found.boxes)
        return replace(found, boxes=moved).only(stays & is_left)

    def _piece(self, found: Annotations, rng: np.random.Generator, pads: bool) -> Array | None:
        if self._samplers:
            return drawn_piece(self._samplers, found.boxes, rng)
        return jittered_piece(self._jitter, rng, keeps_aspect=pads) if self._jitter else None


def _unchanged(image: Array) -> Array:
    return image
