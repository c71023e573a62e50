"""What FrcnnRoiData and FrcnnVidData share: images of a list, as Faster R-CNN wants them."""

from __future__ import annotations

from functools import partial

import numpy as np

from blobnet.blob import Blobs
from blobnet.layers.data._batch import BatchLayer
from blobnet.layers.detection.regions._frcnn_training import training_of
from blobnet.proto import TRAIN
from blobnet.sources.objects.object_file import ObjectFile
from blobnet.sources.objects.roi_batches import RoiBatches, RoiImages
from blobnet.sources.objects.rounds import Order
from blobnet.sources.window_batches import WindowImages


class FrcnnData(BatchLayer):
    """Batches of one image, its size, and the boxes in it."""

    exact_num_top_blobs = 3
    backward_reads_bottom = False
    backward_reads_top = False

    def source(self) -> str:
        """The path of the list. Raises LayerError where none is named."""
        source: str = self.layer_param_.window_data_param.source
        if not source:
            raise self.error(
                "no list of images is named", fix='window_data_param { source: "..." }'
            )
        return source

    def start(self, file: ObjectFile, order: Order, top: Blobs, *, is_of_film: bool) -> None:
        """Begin to read batches; the first one gives the tops their shapes."""
        param, settings = self.layer_param_.window_data_param, training_of(self)
        self._check_labels(file, settings.n_classes)
        root, in_memory = ("", False) if is_of_film else (param.root_folder, param.cache_images)
        with self._naming_errors():
            images = WindowImages(file, root, in_memory=in_memory)
        shown = RoiImages(
            scales=settings.scales,
            max_size=settings.max_size,
            means=settings.pixel_means,
            mirror=settings.use_flipped and self.phase == TRAIN,
            is_of_film=is_of_film,
        )
        rng = np.random.default_rng(self.rng.integers(2**63))
        make_reader = partial(RoiBatches, file, images, shown, order, rng, dtype=self.dtype)
        self.start_reading(make_reader, top, prefetch=self.layer_param_.data_param.prefetch)

    def _check_labels(self, file: ObjectFile, classes: int) -> None:
        for path, objects in zip(file.paths, file.objects, strict=True):
            if len(objects) and objects[:, 0].max() >= classes:
                raise self.error(
                    f"{file.name} has an illegal label",
                    expected=f"from 1 to {classes - 1}, as n_classes is {classes}",
                    got=f"{objects[:, 0].max()} of {path}",
                )
