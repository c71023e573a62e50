"""PascalMultilabelDataLayerSync, the example of a data layer in Python that comes with Caffe.

Caffe: examples/pycaffe/layers/pascal_multilabel_datalayers.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from blobnet.blob import Blobs
from blobnet.errors import DataError, explain
from blobnet.input_files import is_folder, read_file, shown
from blobnet.layers.utility.python import PythonLayer
from blobnet.python_layers._checks import check_count, naming, who, wrong
from blobnet.python_layers._param_str import numbers, settings_of, text, unfit, whole
from blobnet.python_layers.roi_data_layer._voc import read_objects
from blobnet.python_layers.roi_data_layer.roidb import VOC_CLASSES
from blobnet.sources.image import opened_image
from blobnet.sources.source import whole_number
from blobnet.text_files import read_text_file
from blobnet.types import Array

_KNOWN = ("batch_size", "split", "pascal_root", "im_shape")
_MEAN = 128
_BILINEAR = 2  # Pillow's number of its linear filter, which takes means where it reduces
_LABELS = {name: place for place, name in enumerate(VOC_CLASSES)}


class PascalMultilabelDataLayerSync(PythonLayer):
    """Images of PASCAL VOC, each with what is in it.

    top[0]  data: (N, 3, height, width)   blue first, less 128; half of them turned round
    top[1]  label: (N, 20)                1 for a class of which there is an object, else 0

    Images come in the order of their list, then in drawn orders; the place there is part of
    snapshots. Needs the extra `image`.

    param_str: batch_size (N); im_shape, height and width, which images are squeezed or stretched
    to; pascal_root, a folder such as VOCdevkit/VOC2012; split, of its ImageSets/Main: "train".
    """

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        check_count(self, bottom, 0, top, 2)
        settings = settings_of(self.param_str, who(self))
        for name in settings.keys() - set(_KNOWN):
            raise wrong(self, "an unknown setting", expected=", ".join(_KNOWN), got=name)
        batch = whole(settings, "batch_size", who(self), least=1, default=0)
        shape = numbers(settings, "im_shape", (0.0,), who(self))
        if len(shape) != 2 or min(shape) < 1 or any(size != int(size) for size in shape):
            raise unfit("im_shape", settings.get("im_shape"), "height and width", who(self))
        self._height, self._width = (int(size) for size in shape)
        self._root = Path(text(settings, "pascal_root", who(self)))
        split = text(settings, "split", who(self))
        with naming(self):
            self._names = _names_of(self._root, split)
        self._order, self._at = list(range(len(self._names))), 0
        top[0].reshape(batch, 3, self._height, self._width)
        top[1].reshape(batch, len(VOC_CLASSES))

    def reshape(self, bottom: Blobs, top: Blobs) -> None:
        """Nothing: all batches are equally large."""

    def forward(self, bottom: Blobs, top: Blobs) -> None:
        for image, labels in zip(top[0].data, top[1].data, strict=True):
            if self._at == len(self._order):
                self._order = [int(index) for index in self.rng.permutation(len(self._names))]
                self._at = 0
            name = self._names[self._order[self._at]]
            self._at += 1
            with naming(self):
                pixels = self._pixels(name)
                objects = read_objects(self._root / "Annotations" / f"{name}.xml", _LABELS, True)
            turned = pixels[:, ::-1] if self.rng.integers(2) else pixels
            image[...] = turned[:, :, ::-1].transpose(2, 0, 1).astype(np.float32) - _MEAN
            labels[...] = 0
            labels[[label for _, label in objects]] = 1

    def backward(self, top: Blobs, propagate_down: Sequence[bool], bottom: Blobs) -> None:
        """Nothing: there is nothing further up."""

    def get_state(self) -> dict[str, Any]:
        return {"order": list(self._order), "at": self._at}

    def set_state(self, state: dict[str, Any]) -> None:
        try:
            order, at = state["order"], whole_number(state, "at")
            if sorted(order) != list(range(len(self._names))) or at > len(order):
                raise ValueError(f"the order of {len(order)} images, not {len(self._names)}")
        except (KeyError, TypeError, ValueError) as error:
            expected = f"a place among {len(self._names)} images"
            raise wrong(self, "a state of another layer", expected=expected, got=error) from error
        self._order, self._at = [int(index) for index in order], at

    def _pixels(self, name: str) -> Array:
        """(height, width, 3) bytes, red first."""
        path = self._root / "JPEGImages" / f"{name}.jpg"
        with opened_image(read_file(path, DataError)) as image:
            resized = image.convert("RGB").resize((self._width, self._height), _BILINEAR)
            return np.asarray(resized)


def _names_of(root: Path, split: str) -> list[str]:
    if not is_folder(root):
        expected = "a folder with Annotations, ImageSets and JPEGImages"
        raise DataError(explain(f"{shown(root)} is no folder of PASCAL VOC", expected=expected))
    path = root / "ImageSets" / "Main" / f"{split}.txt"
    lines = read_text_file(path, DataError).splitlines()
    names = [line.split()[0] for line in lines if line.strip()]
    if not names:
        raise DataError(explain(f"{shown(path)} is empty", expected="a name a line"))
    return names
