"""VideoData: the frames of a video or of a camera, batch by batch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from blobnet.blob import Blobs
from blobnet.errors import DataError
from blobnet.input_files import absolute
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.layers.volume._video_clips import clip_batches, has_clips
from blobnet.proto import VideoDataParameter
from blobnet.sources.batches import DatumBatches
from blobnet.sources.datum import datum_to_array
from blobnet.sources.frames import CapturedFrames, FrameSource, open_frames
from blobnet.sources.transformer import DataTransformer

_SSDS = ("video_type", "device_id", "video_file", "skip_frames")


@register_layer("VideoData")
class VideoData(BatchLayer):
    """Frames of a video.

    top[0]  data: (N, 3, H, W)  N = `batch_size` of data_param; the rest as the first frame, after
            what transform_param asks for
    top[1]  label: (N,)  0, where the layer has a second top

    `video_file` is a video; here also a folder of images, which come in the order of their names,
    and numbered images: `frames/%05d.png`, or the name of the first. Before each frame as many as
    `skip_frames` are left out. Behind the last whole batch comes an error, where SSD's layer ends
    the program. Videos and cameras (`video_type: WEBCAM`) need OpenCV:
    pip install opencv-python-headless.

    A resumed run goes on with the frame that would have come; a camera's frames are what they are.

    With a `source` the layer is C3D's or TSN's: the list names clips, of which so many frames are
    read: data is (N, 3, length, H, W) in C3D, (N, channels of all frames, H, W) in TSN, label what
    the list says (volume/_video_clips.py).

    Proto: VideoDataParameter, DataParameter, ImageDataParameter, TransformationParameter.
    Caffe: video_data_layer.cpp of SSD (weiliu89/caffe), C3D (facebook/C3D), TSN (yjxiong/caffe).
    """

    formula = "The frames of a video or of a camera, each once; or clips of a list; transformed."

    min_top_blobs = 1
    max_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        param, data = self.layer_param_.video_data_param, self.layer_param_.data_param
        if has_clips(self):
            make, skipped = clip_batches(self, with_label=len(top) > 1)
            self.start_reading(
                make, top, prefetch=data.prefetch, begin=lambda reader: reader.skip(skipped)
            )
            return
        for field, _ in param.ListFields():
            if field.name not in _SSDS:
                raise self.error(
                    f"`{field.name}` is of another fork's VideoData",
                    expected="SSD's: " + ", ".join(_SSDS),
                )
        if data.batch_size < 1:
            raise self.error("batch_size must be at least 1", got=data.batch_size)
        with self._naming_errors():
            transformer = DataTransformer(self.layer_param_.transform_param, self.phase, self.dtype)
        make_reader = partial(
            DatumBatches,
            self._open_source(param),
            partial(datum_to_array, mode="gray" if transformer.color_mode == "gray" else "color"),
            transformer,
            self.rng,
            batch_size=data.batch_size,
            with_label=len(top) > 1,
        )
        self.start_reading(make_reader, top, prefetch=data.prefetch)

    def _open_source(self, param: VideoDataParameter) -> Callable[[], FrameSource]:
        if param.video_type == VideoDataParameter.WEBCAM:
            return partial(CapturedFrames, param.device_id, param.skip_frames)
        if not param.video_file:
            raise self.error("Must provide video file!", fix='video_data_param { video_file: "" }')
        with self._naming_errors():
            return partial(open_frames, absolute(param.video_file, DataError), param.skip_frames)
