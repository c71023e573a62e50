"""Batches of images with their boxes, from records of AnnotatedDatum. For AnnotatedData.

Each image is distorted, put onto a larger canvas, cut to a drawn piece, then transformed as any
other; its boxes go along. As in SSD, an image that came as a file is made a JPEG and read again
after each of the first three. Caffe: annotated_data_layer.cpp and data_transformer.cpp of SSD.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from blobnet.errors import DataError, LayerError, explain
from blobnet.proto import AnnotatedDatum
from blobnet.sources.annotations import Annotations, annotations_of
from blobnet.sources.augmentation import boxes as box_math
from blobnet.sources.augmentation.settings import drawn
from blobnet.sources.augmentation.with_boxes import Augmentation
from blobnet.sources.batches import empty
from blobnet.sources.datum import datum_to_array
from blobnet.sources.pixel_labels import PixelLabels
from blobnet.sources.source import Record, RecordSource, State, whole_number
from blobnet.sources.source_batches import SourceBatches
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


class AnnotatedBatches(SourceBatches[RecordSource]):
    """Batches of transformed images, and of the labels that `labels` describes.

    open_source  gives the records' source, standing at its first record
    rng          where drawing begins; it is copied, not drawn from
    pixels       how the third top shows the classes of pixels; None: there is none
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
        pixels: PixelLabels | None = None,
    ) -> None:
        self._pixels = pixels
        super().__init__(open_source(), rng, batch_size)
        self._augmentation, self._transformer, self._labels = augmentation, transformer, labels
        self._read, self._choice = 0, 0  # batches so far, and which resize_param these have

    def shapes(self) -> list[Shape]:
        record = self._source.peek()
        shape = self._output_shape(record, self._values(record))
        boxes = len(self._annotations(record).boxes)
        label: Shape = (1, 1, max(boxes, 1), 8)
        if not self._labels.boxes:
            label = (self._batch_size,)
        elif self._labels.yolo:
            label = (self._batch_size, 1, YOLO_ROWS, 5)
        shapes = [(self._batch_size, *shape), label][: 1 + self._labels.wanted]
        if self._pixels is not None:
            shapes.append((self._batch_size, *self._pixels.shape(shape)))
        return shapes

    def skip_batch(self) -> None:
        self._choose()
        super().skip_batch()

    def read(self) -> list[Array]:
        self._choose()
        data: Array | None = None
        maps: list[Array] = []
        found: list[Annotations] = []
        labels: list[int] = []
        for item in range(self._batch_size):
            record = self._source.read()
            image, annotations, piece = self._augmented(record)
            shape = self._output_shape(record, image)
            if data is None:
                data = empty((self._batch_size, *shape), self._transformer.dtype)
            self._check_shape(record, shape, data.shape[1:])
            moved, flip = self._written(image, annotations, data[item : item + 1])
            found.append(moved)
            labels.append(record.datum.label)
            if self._pixels is not None:
                maps.append(self._maps(self._pixels, record, piece, shape, flip))
        if data is None:
            raise DataError(explain("a batch of no records", expected="a batch_size of 1 or more"))
        made = [data, self._label(found, labels)][: 1 + self._labels.wanted]
        return [*made, np.stack(maps)] if maps else made

    def get_state(self) -> State:
        return {**super().get_state(), "batches": self._read, "choice": self._choice}

    def set_state(self, state: State) -> None:
        super().set_state(state)
        self._read, self._choice = whole_number(state, "batches"), whole_number(state, "choice")
        if self._choice not in range(max(len(self._transformer.changes.resizings), 1)):
            raise ValueError("no resize_param has this number")

    # --- one record ---------------------------------------------------------------------------

    def _choose(self) -> None:
        """Which of several resize_param the batch gets."""
        resizings = self._transformer.changes.resizings
        if len(resizings) > 1 and self._read % _BATCHES_OF_A_SIZE == 0:
            self._choice = drawn(resizings, self._rng)
        self._read = (self._read + 1) % _BATCHES_OF_A_SIZE

    def _augmented(self, record: Record) -> tuple[Array, Annotations, Array | None]:
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

    def _maps(
        self, pixels: PixelLabels, record: Record, piece: Array | None, shape: Shape, flip: int
    ) -> Array:
        try:
            maps = pixels.read(record.datum, piece, shape)
        except DataError as error:
            raise DataError(self._naming(record, error)) from error
        return (maps[..., ::-1] if flip else maps).astype(self._transformer.dtype)

    def _written(self, image: Array, found: Annotations, out: Array) -> tuple[Annotations, int]:
        """Put the transformed image into `out`; its boxes, moved along, and whether it flipped."""
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
        return found, flip

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
