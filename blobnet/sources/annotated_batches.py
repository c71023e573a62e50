"""Batches of images with their boxes, from records of AnnotatedDatum. For AnnotatedData.

Each image is distorted, put onto a larger canvas, cut to a drawn piece, then transformed as any
other; its boxes go along. As in SSD, an image that came as a file is made a JPEG and read again
after each of the first three. Caffe: annotated_data_layer.cpp and data_transformer.cpp of SSD.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from blobnet.errors import DataError, LayerError, explain
from blobnet.proto import AnnotatedDatum, TransformationParameter
from blobnet.sources.annotations import Annotations, annotations_of
from blobnet.sources.augmentation import boxes as box_math
from blobnet.sources.augmentation.box_sampler import BoxSampler, drawn_piece, jittered_piece
from blobnet.sources.augmentation.distortion import Distortion
from blobnet.sources.augmentation.expansion import Expansion
from blobnet.sources.augmentation.settings import drawn
from blobnet.sources.batches import empty
from blobnet.sources.datum import datum_to_array
from blobnet.sources.image import jpeg_again
from blobnet.sources.source import Record, RecordSource, State, restore_rng, whole_number
from blobnet.sources.transformer import DataTransformer
from blobnet.types import Array, Shape

YOLO_ROWS = 300
"""Boxes of an image in a label of YOLO's form; what is not used is 0."""
_BATCHES_OF_A_SIZE = 10  # of several resize_param one is drawn for so many batches


@dataclass(frozen=True)
class Labels:
    """What the label top holds.

    boxes            boxes, as the records' type says; else the label of each datum
    yolo             (N, 1, 300, 5) in place of (1, 1, boxes, 8)
    train_difficult  whether difficult boxes are in YOLO's form, too
    """

    wanted: bool = True
    boxes: bool = True
    yolo: bool = False
    train_difficult: bool = True


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
    ) -> tuple[Array, Annotations]:
        """The image and its boxes after distortion, expansion and cutting.

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
        return image, found

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


class AnnotatedBatches:
    """Batches of transformed images, and of the labels that `labels` describes.

    open_source  gives the records' source, standing at its first record
    rng          where drawing begins; it is copied, not drawn from
    """

    def __init__(
        self,
        open_source: Callable[[], RecordSource],
        augmentation: Augmentation,
        transformer: DataTransformer,
        rng: np.random.Generator,
        *,
        batch_size: int,
        labels: Labels,
    ) -> None:
        self._augmentation, self._transformer = augmentation, transformer
        self._batch_size, self._labels = batch_size, labels
        self._rng = copy.deepcopy(rng)
        self._read, self._choice = 0, 0  # batches so far, and which resize_param these have
        self._source = open_source()

    def shapes(self) -> list[Shape]:
        record = self._source.peek()
        shape = self._output_shape(record, self._values(record))
        boxes = len(self._annotations(record).boxes)
        label: Shape = (1, 1, max(boxes, 1), 8)
        if not self._labels.boxes:
            label = (self._batch_size,)
        elif self._labels.yolo:
            label = (self._batch_size, 1, YOLO_ROWS, 5)
        return [(self._batch_size, *shape), label][: 1 + self._labels.wanted]

    def skip(self, count: int) -> None:
        """Move on by `count` records."""
        self._source.skip(count)

    @property
    def draws(self) -> np.random.Generator:
        return self._rng

    def skip_batch(self) -> None:
        self._choose()
        self.skip(self._batch_size)

    def read(self) -> list[Array]:
        self._choose()
        data: Array | None = None
        found: list[Annotations] = []
        labels: list[int] = []
        for item in range(self._batch_size):
            record = self._source.read()
            image, annotations = self._augmented(record)
            shape = self._output_shape(record, image)
            if data is None:
                data = empty((self._batch_size, *shape), self._transformer.dtype)
            self._check_shape(record, shape, data.shape[1:])
            found.append(self._written(image, annotations, data[item : item + 1]))
            labels.append(record.datum.label)
        if data is None:
            raise DataError(explain("a batch of no records", expected="a batch_size of 1 or more"))
        return [data, self._label(found, labels)][: 1 + self._labels.wanted]

    def get_state(self) -> State:
        return {
            "rng": self._rng.bit_generator.state,
            "source": self._source.get_state(),
            "batches": self._read,
            "choice": self._choice,
        }

    def set_state(self, state: State) -> None:
        restore_rng(self._rng, state)
        self._source.set_state(state["source"])
        self._read, self._choice = whole_number(state, "batches"), whole_number(state, "choice")
        if self._choice not in range(max(len(self._transformer.changes.resizings), 1)):
            raise ValueError("no resize_param has this number")

    def close(self) -> None:
        self._source.close()

    # --- one record ---------------------------------------------------------------------------

    def _choose(self) -> None:
        """Which of several resize_param the batch gets."""
        resizings = self._transformer.changes.resizings
        if len(resizings) > 1 and self._read % _BATCHES_OF_A_SIZE == 0:
            self._choice = drawn(resizings, self._rng)
        self._read = (self._read + 1) % _BATCHES_OF_A_SIZE

    def _augmented(self, record: Record) -> tuple[Array, Annotations]:
        image, annotations = self._values(record), self._annotations(record)
        resizings = self._transformer.changes.resizings
        try:
            return self._augmentation.apply(
                image,
                annotations,
                self._rng,
                as_jpeg=record.datum.encoded,
                pads=bool(resizings) and resizings[self._choice].pads,
            )
        except DataError as error:
            raise DataError(self._naming(record, error)) from error

    def _written(self, image: Array, found: Annotations, out: Array) -> Annotations:
        """Put the transformed image into `out`; its boxes, moved along."""
        transformer, (rows, columns) = self._transformer, image.shape[1:]
        changed = transformer.change(image, self._rng, self._choice)
        windows = transformer.windows([changed], self._rng)
        erased = transformer.erased([changed], windows, self._rng)
        transformer.write(erased, windows, out)
        flip, top, left = windows[0]
        height, width = changed.shape[1:]
        window = np.array([left, top, left + out.shape[3], top + out.shape[2]], np.float32)
        window /= np.array([width, height] * 2, np.float32)
        resizings = transformer.changes.resizings
        if resizings:
            moved = resizings[self._choice].moved(found.boxes, rows, columns)
            found = replace(found, boxes=moved)
        found = self._augmentation.projected(found, window)
        if flip:
            found = replace(found, boxes=box_math.mirrored(found.boxes))
        if resizings:
            resizing = resizings[self._choice]
            wider = resizing.extrapolated(found.boxes, rows, columns, window)
            found = replace(found, boxes=wider)
        return found

    def _values(self, record: Record) -> Array:
        try:
            return datum_to_array(record.datum, self._transformer.color_mode)
        except DataError as error:
            raise DataError(self._naming(record, error)) from error

    def _annotations(self, record: Record) -> Annotations:
        if not (self._labels.wanted and self._labels.boxes):
            return annotations_of(AnnotatedDatum())
        try:
            return annotations_of(record.annotated or AnnotatedDatum())
        except DataError as error:
            raise DataError(self._naming(record, error)) from error

    def _output_shape(self, record: Record, image: Array) -> Shape:
        try:
            return self._transformer.output_shape(image.shape, self._choice)
        except (DataError, LayerError) as error:
            raise type(error)(self._naming(record, error)) from error

    def _check_shape(self, record: Record, shape: Shape, wanted: Shape) -> None:
        if shape != wanted:
            raise LayerError(
                explain(
                    f"{self._source.name}: records of different shape in one batch",
                    expected=f"shape {wanted}, as of the first",
                    got=f'shape {shape} of record "{record.key}"',
                    fix="transform_param { resize_param { height: 300 width: 300 } }",
                )
            )

    def _naming(self, record: Record, error: Exception) -> str:
        return f'{self._source.name}, record "{record.key}": {error}'

    # --- labels -------------------------------------------------------------------------------

    def _label(self, found: Sequence[Annotations], labels: Sequence[int]) -> Array:
        dtype = self._transformer.dtype
        if not self._labels.boxes:
            return np.array(labels, dtype)
        if self._labels.yolo:
            return self._yolo_label(found)
        rows = [each.rows(item) for item, each in enumerate(found)]
        table = np.concatenate(rows).astype(dtype)
        return (table if len(table) else np.full((1, 8), -1, dtype))[None, None]

    def _yolo_label(self, found: Sequence[Annotations]) -> Array:
        """A row is class - 1, x and y of the centre, width, height."""
        label = np.zeros((len(found), 1, YOLO_ROWS, 5), self._transformer.dtype)
        for target, each in zip(label[:, 0], found, strict=True):
            if not self._labels.train_difficult:
                each = each.only(~each.difficult)
            lower, upper = each.boxes[:YOLO_ROWS, :2], each.boxes[:YOLO_ROWS, 2:]
            count = len(lower)
            target[:count, 0] = each.labels[:count] - 1
            target[:count, 1:3] = (lower + upper) / 2
            target[:count, 3:5] = upper - lower
        return label


def _unchanged(image: Array) -> Array:
    return image
