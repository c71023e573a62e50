"""MultiFrameData: consecutive frames of videos, one behind the other in the channels."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.layers.volume._video_clips import frame_batches


@register_layer("MultiFrameData")
class MultiFrameData(BatchLayer):
    """Frames from folders of images, as a list names them.

    top[0]  data: (N, 3 * `new_length` * `num_segments`, H, W)  N = `batch_size`; H and W as
            `new_height` and `new_width` say and transform_param crops, or those of the frames
    top[1]  label: (N, 1, 1, 1)

    A line of `source` is "folder frames label"; a folder has its frames as image_0001.jpg and so
    on. Each of `num_segments` equal parts of a video gives `new_length` frames: from a drawn place
    on in TRAIN, from the middle in TEST, from the second frame where a part is too short. All
    frames of an item are cut and flipped in one way; mean values may be those of one frame.
    `shuffle` draws an order of the videos for each round. rand_skip, scale, mean_file, crop_size
    and mirror of multi_frame_data_param are read nowhere.

    Proto: MultiFrameDataParameter, TransformationParameter.
    Caffe: multi_frame_data_layer.cpp of bryanyzhu/Hidden-Two-Stream; VideoData of TSN for images.
    """

    formula = "Frames of videos that a list names, transformed."

    exact_num_bottom_blobs = 0
    exact_num_top_blobs = 2

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        self.start_reading(frame_batches(self), top, prefetch=0)
