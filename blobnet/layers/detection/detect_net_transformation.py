"""DetectNetTransformation: images and their objects changed at random, objects put into a grid."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blobnet.blob import Blobs
from blobnet.layer import Layer
from blobnet.layer_register import register_layer
from blobnet.layers._in_place import refuse_in_place
from blobnet.layers.detection._coverage import Coverage
from blobnet.ops.images.colors import bgr_shares_from_hsv, hsv_from_bgr_shares
from blobnet.ops.images.interpolation import resize_floats_cubic
from blobnet.ops.images.warping import warp_affine
from blobnet.proto import TEST, TransformationParameter
from blobnet.serialization.blob_file import read_blob
from blobnet.types import Array

_ROW = 16  # values of an object, and of the header before them
_LARGEST = 1e7  # pixels; no box is farther away
_WHITE = 255
_TINY = float(np.finfo(np.float32).eps)
_OF_OTHERS = ("resize_param", "noise_param", "emit_constraint", "distort_param", "expand_param")


@dataclass(frozen=True)
class _Changes:
    """What is drawn for an image; `size` and `offset` are (height, width) and (top, left)."""

    hue: float = 0
    saturation: float = 1
    flip: bool = False
    size: tuple[int, int] = (0, 0)
    rotation: float = 0
    offset: tuple[int, int] = (0, 0)


@register_layer("DetectNetTransformation")
class DetectNetTransformation(Layer):
    """Random changes of images of roads and the objects in them.

    bottom[0]  image: (N, 3, H, W)  0 to 255, blue first
    bottom[1]  label: (N, 1, R, 16)  the first row begins with the number of objects and 16; a row
               for each object: x, y, width, height in pixels, angle, class, and ten more
    top[0]     image: (N, 3, `image_size_y`, `image_size_x`)
    top[1]     coverage: (N, 8 + classes, rows, columns of the grid)  for each cell: whether it sees
               an object; that object's left, top, right and bottom from the cell's corner,
               1 / width, 1 / height, obj_norm; and 1 at its class

    In TRAIN the hue is turned, colours fade, the mean is subtracted, then the image is flipped,
    scaled, turned and cut, each by its probability; what lies outside is 0. In TEST the image is
    resized to the size of the top. A cell sees an object where the object's shrunken box covers it;
    of several the last one.

    Numbers come from the layer's own generator, image by image.

    Proto: DetectNetGroundTruthParameter, DetectNetAugmentationParameter, TransformationParameter.
    Caffe: detectnet_transform_layer.cpp of NVCaffe (NVIDIA/caffe).
    """

    formula = (
        "Images changed at random and cut to a size; of each cell of a grid, the object there."
    )
    gradient_formula = "none; asking for one is an error."

    exact_num_bottom_blobs = 2
    exact_num_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False
    can_be_recorded = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self._augmentation = self.layer_param_.detectnet_augmentation_param
        self._truth = self.layer_param_.detectnet_groundtruth_param
        self._coverage = Coverage(self, self._truth)
        transform = self.layer_param_.transform_param
        for name in _OF_OTHERS:
            if self._augmentation.HasField(name):
                raise self.error(f"`{name}` has no effect here, nor in NVCaffe", fix="take it out")
        for field, _ in transform.ListFields():
            if field.name not in ("mean_file", "mean_value"):
                raise self.error(
                    f"`{field.name}` of transform_param has no effect here",
                    expected="mean_file or mean_value",
                    fix="take it out; detectnet_augmentation_param has other settings",
                )
        self._mean_values = self._read_mean_values(transform)
        self._mean_image = self._read_mean_image(transform.mean_file)
        refuse_in_place(self, bottom, top)

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        images, labels = bottom[0].shape, bottom[1].shape
        if len(images) != 4 or images[1] != 3 or min(images[2:]) < 1:
            raise self.error(
                "images of three channels are wanted", expected="(N, 3, H, W)", got=f"{images}"
            )
        if len(labels) != 4 or labels[1:] != (1, labels[2], _ROW) or labels[2] < 1:
            raise self.error(
                "labels are rows of 16 numbers", expected="(N, 1, R, 16)", got=f"{labels}"
            )
        if images[0] != labels[0]:
            raise self.error("as many labels as images", expected=images[0], got=labels[0])
        top[0].reshape(images[0], 3, self._truth.image_size_y, self._truth.image_size_x)
        top[1].reshape(images[0], *self._coverage.shape)
        self._mean = self._mean_values / _WHITE
        if self._mean_image is not None:
            resized = resize_floats_cubic(self._mean_image, *images[2:])
            self._mean = resized / self.dtype.type(_WHITE)

    def forward_cpu(self, bottom: Blobs, top: Blobs) -> None:
        for image, label, changed, coverage in zip(
            bottom[0].data, bottom[1].data, top[0].data, top[1].data, strict=True
        ):
            objects = self._objects(label[0])
            changes = self._drawn(image.shape[1], image.shape[2])
            self._change_image(image, changes, changed)
            self._coverage.fill(coverage, self._changed(objects, changes, image.shape[1:]))

    def allow_force_backward(self, bottom_index: int) -> bool:
        return False

    # --- what is drawn ------------------------------------------------------------------------

    def _drawn(self, rows: int, columns: int) -> _Changes:
        if self.phase == TEST:
            return _Changes(size=(self._truth.image_size_y, self._truth.image_size_x))
        param, rng, size = self._augmentation, self.rng, (rows, columns)
        hue, saturation, rotation = 0.0, 1.0, 0.0
        if rng.random() <= param.hue_rotation_prob:
            hue = float(np.clip((rng.random() - 0.5) * 2 * param.hue_rotation, -180, 180))
        if rng.random() <= param.desaturation_prob:
            saturation = 1 - rng.random() * param.desaturation_max
        flip = rng.random() <= param.flip_prob
        if rng.random() <= param.scale_prob:
            scale = param.scale_min + (param.scale_max - param.scale_min) * rng.random()
            size = self._scaled(rows, scale), self._scaled(columns, scale)
        if rng.random() <= param.rotation_prob:
            rotation = (rng.random() - 0.5) * 2 * param.max_rotate_degree
        around = _turned_size(*size, rotation) if _does_rotate(rotation) else size
        return _Changes(hue, saturation, flip, size, rotation, self._offset(around))

    def _scaled(self, side: int, scale: float) -> int:
        scaled = _rounded(side * scale)
        if not 1 <= scaled <= max(64 * side, 2**14):
            raise self.error(
                "the image cannot be scaled so",
                expected="scale_min and scale_max that leave some of it, and are not too large",
                got=f"a factor of {scale:g} on {side} pixels",
            )
        return scaled

    def _offset(self, size: tuple[int, int]) -> tuple[int, int]:
        """Where the piece begins that is cut out; negative where it begins outside."""
        param, rng = self._augmentation, self.rng
        shares, shifts = (0.5, 0.5), (0, 0)
        if rng.random() <= param.crop_prob:
            across, down = rng.random(), rng.random()
            shares, shifts = (down, across), (param.shift_y, param.shift_x)
        wanted = self._truth.image_size_y, self._truth.image_size_x
        top, left = (
            _rounded(share * (old - new + shift) - shift // 2)
            for share, old, new, shift in zip(shares, size, wanted, shifts, strict=True)
        )
        return top, left

    # --- images -------------------------------------------------------------------------------

    def _change_image(self, image: Array, changes: _Changes, out: Array) -> None:
        image = image / self.dtype.type(_WHITE)
        fades = changes.saturation < 1 - 1 / _WHITE
        if abs(changes.hue) > _TINY or fades:
            hsv = hsv_from_bgr_shares(image)
            hsv[0] += changes.hue
            hsv[1] *= changes.saturation if fades else 1
            image = bgr_shares_from_hsv(hsv).astype(self.dtype)
        image = image - self._mean
        if changes.flip:
            image = image[:, :, ::-1]
        image = resize_floats_cubic(image, *changes.size)
        if _does_rotate(changes.rotation):
            size = _turned_size(*changes.size, changes.rotation)
            image = warp_affine(image, _matrix(*changes.size, changes.rotation), *size)
        _cut(image, changes.offset, out)
        out *= self.dtype.type(_WHITE)

    def _read_mean_values(self, param: TransformationParameter) -> Array:
        """(3, 1, 1): one value for all channels, or one for each."""
        values = list(param.mean_value)
        if len(values) not in (0, 1, 3) or not np.isfinite(values).all():
            raise self.error(
                "a mean for three channels", expected="1 or 3 mean_value, finite", got=values
            )
        if values and param.mean_file:
            raise self.error("Cannot specify mean_file and mean_value at the same time")
        return np.broadcast_to(np.array(values or [0], self.dtype), 3)[:, None, None]

    def _read_mean_image(self, path: str) -> Array | None:
        """(3, rows, columns), or None where no file is named."""
        if not path:
            return None
        mean = read_blob(Path(path), "mean_file").data
        if mean.ndim < 3 or mean.size != 3 * mean.shape[-1] * mean.shape[-2] or not mean.size:
            raise self.error("mean_file is no image of 3 channels", got=f"shape {mean.shape}")
        return mean.reshape(3, *mean.shape[-2:]).astype(self.dtype)

    # --- objects ------------------------------------------------------------------------------

    def _objects(self, label: Array) -> Array:
        """Rows of x, y, width, height and class, float64. Raises LayerError for what is none."""
        count, length = label[0, :2].tolist()
        if not 0 <= count < len(label) or int(length) != _ROW:
            raise self.error(
                "a label begins with the number of its rows and 16",
                expected=f"0 to {len(label) - 1} rows of {_ROW}",
                got=f"{count:g} and {length:g}",
            )
        rows = label[1 : 1 + int(count)].astype(np.float64)[:, [0, 1, 2, 3, 5]]
        if not (np.abs(rows) <= _LARGEST).all():
            raise self.error(
                "an object that is nowhere", expected="pixels", got="numbers too large"
            )
        return rows

    @staticmethod
    def _changed(objects: Array, changes: _Changes, old: tuple[int, ...]) -> Array:
        """The objects where they are in the changed image; the boxes do not turn, they move."""
        objects = objects.copy()
        x, y, width, height, _ = objects.T
        if changes.flip:
            x[:] = old[1] - x - width - 1
        objects[:, [0, 2]] *= changes.size[1] / old[1]
        objects[:, [1, 3]] *= changes.size[0] / old[0]
        if _does_rotate(changes.rotation):
            matrix = _matrix(*changes.size, changes.rotation)
            middle = np.stack([x + width / 2, y + height / 2, np.ones(len(x))])
            new_x, new_y = matrix @ middle
            x[:], y[:] = new_x - width / 2, new_y - height / 2
        x -= changes.offset[1]
        y -= changes.offset[0]
        return objects


def _does_rotate(rotation: float) -> bool:
    return abs(rotation) > _TINY


def _rounded(value: float) -> int:
    """To the nearest, halves away from 0."""
    return int(np.copysign(np.floor(abs(value) + 0.5), value))


def _corners(height: int, width: int, rotation: float, x: float, y: float) -> Array:
    """(2, 4): the corners of a turned rectangle around x, y."""
    cosine, sine = np.cos(np.radians(rotation)), np.sin(np.radians(rotation))
    across, down = np.array([-1, 1, 1, -1]) * width / 2, np.array([-1, -1, 1, 1]) * height / 2
    return np.stack([x + cosine * across - sine * down, y + sine * across + cosine * down])


def _turned_size(height: int, width: int, rotation: float) -> tuple[int, int]:
    """What a turned image covers, in whole pixels."""
    corners = _corners(height, width, rotation, width // 2, height // 2).astype(np.float32)
    size = np.ceil(corners.max(1)) - np.floor(corners.min(1)) + 1
    return int(size[1]), int(size[0])


def _matrix(height: int, width: int, rotation: float) -> Array:
    """(2, 3): turns around the middle, then moves what is turned to begin at 0."""
    cosine, sine = np.cos(np.radians(rotation)), np.sin(np.radians(rotation))
    linear = np.array([[cosine, -sine], [sine, cosine]])
    middle = np.array([width / 2, height / 2])
    corners = _corners(height, width, rotation, *middle).astype(np.float32)
    moved = middle - np.floor(corners.min(1)) - linear @ middle
    return np.concatenate([linear, moved[:, None]], 1)


def _cut(image: Array, offset: tuple[int, int], out: Array) -> None:
    """Fill `out` with the piece at an offset; 0 where there is no image."""
    out[...] = 0
    top, left = offset
    height, width = out.shape[1:]
    piece = image[:, max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)]
    rows = slice(max(-top, 0), max(-top, 0) + piece.shape[1])
    columns = slice(max(-left, 0), max(-left, 0) + piece.shape[2])
    if piece.size:
        out[:, rows, columns] = piece
