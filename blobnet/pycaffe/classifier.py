"""A net that says what is in images. Caffe: python/caffe/classifier.py."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd

import numpy as np

from blobnet.errors import explain
from blobnet.input_files import AnyPath
from blobnet.ops.parallel import for_each
from blobnet.proto import TEST
from blobnet.pycaffe.crops import CROPS, centre_crop
from blobnet.pycaffe.crops import oversample as oversampled
from blobnet.pycaffe.input_errors import InputError
from blobnet.pycaffe.net import Net
from blobnet.pycaffe.net_images import chunks, image_transformer
from blobnet.pycaffe.resize import resize_image
from blobnet.types import Array

_IMAGES = 16  # that are held in all their crops at a time, about


class Classifier(Net):
    """A net in the TEST phase, and how images come into it.

        classifier = caffe.Classifier("deploy.prototxt", "net.caffemodel", image_dims=(256, 256),
                                      mean=mean, raw_scale=255, channel_swap=(2, 1, 0))
        scores = classifier.predict([caffe.io.load_image("cat.jpg")])

    image_dims  (height, width) that images are resized to before the net's input is cut out of
                them; None: the size of the input
    mean, input_scale, raw_scale, channel_swap  as `caffe.io.Transformer` has them

    The attribute `transformer` holds these settings. Raises NetError for a net without an input for
    images.
    """

    def __init__(
        self,
        model_file: AnyPath,
        pretrained_file: AnyPath | None,
        image_dims: Sequence[int] | Array | None = None,
        mean: Array | None = None,
        input_scale: float | None = None,
        raw_scale: float | None = None,
        channel_swap: Sequence[int] | None = None,
    ) -> None:
        super().__init__(model_file, TEST, weights=pretrained_file)
        self.transformer = image_transformer(self, mean, input_scale, raw_scale, channel_swap)
        self.crop_dims = np.array(self.blobs[self.inputs[0]].shape[2:])
        self.image_dims: Sequence[int] | Array = self.crop_dims
        if image_dims is not None and len(image_dims) > 0:
            self.image_dims = image_dims

    def predict(self, inputs: Iterable[Array], oversample: bool = True) -> Array:
        """The scores of images: (N, classes), the net's first output.

        inputs      images (H, W, K), as `caffe.io.load_image` gives them; looked at a few at a time
        oversample  average over ten crops: corners and centre, and their mirror images; False: the
                    crop in the centre alone, the output with all its axes

        Raises ValueError for what are no images.
        """
        if isinstance(inputs, np.ndarray) and inputs.ndim != 4:
            fix = "of a single image, make a list: [image]" if inputs.ndim == 3 else None
            expected = "images (N, H, W, K), or a list of images (H, W, K)"
            raise InputError(
                explain("these are no images", expected=expected, got=inputs.shape, fix=fix)
            )
        size = self._images_at_once(oversample)
        scores = [self._predict_some(images, oversample) for images in chunks(inputs, size)]
        if not scores:
            raise InputError(explain("there are no images to classify"))
        return np.concatenate(scores)

    def _images_at_once(self, oversample: bool) -> int:
        """So many that their crops fill whole batches: batches are as if all ran at once."""
        batch = int(self.blobs[self.inputs[0]].shape[0])
        least = batch // gcd(batch, CROPS) if oversample else batch
        return least * max(1, _IMAGES // least)

    def _predict_some(self, images: list[Array], oversample: bool) -> Array:
        name = self.inputs[0]
        scaled = for_each(lambda image: resize_image(image, self.image_dims), images)
        crops = oversampled(scaled, self.crop_dims) if oversample else self._centres(scaled)
        data = np.stack(for_each(lambda crop: self.transformer.preprocess(name, crop), list(crops)))
        scores: Array = self.forward_all(None, **{name: data})[self.outputs[0]]
        if oversample:
            scores = scores.reshape(len(images), CROPS, -1).mean(1)
        return scores

    def _centres(self, images: list[Array]) -> list[Array]:
        height, width = (int(size) for size in self.crop_dims)
        top, left = centre_crop(self.image_dims, self.crop_dims)
        if top < 0 or left < 0:
            what = "the net's input does not fit into the resized images"
            dims = tuple(int(size) for size in self.image_dims)
            raise InputError(explain(what, expected=f"at most {dims}", got=(height, width)))
        return [image[top : top + height, left : left + width] for image in images]
