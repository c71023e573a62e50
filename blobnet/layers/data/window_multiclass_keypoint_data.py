"""WindowMulticlassKeypointData: windows cut out of images, with the keypoints seen in each."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.layers.data._windows import start_windows, transform_of_viewpoints
from blobnet.sources.window_poses import read_keypoint_file


@register_layer("WindowMulticlassKeypointData")
class WindowMulticlassKeypointData(BatchLayer):
    """WindowData, with a value for each of T keypoints of all classes.

    top[0]  data: (N, 3, crop_size, crop_size)  as that of WindowData
    top[1]  label: (N, T, 1, 1)                 the keypoints' values; 0 where none is listed
    top[2]  filter: (N, T, 1, 1)                1 for the keypoints of the window's class, else 0

    Behind an image's path stand channels, height, width and T. A line of a window ends with
    "n first last", the range of its class, and n times a keypoint, the one that it is in the mirror
    and its value. The mean is that of WindowPoseData.

    Proto: WindowDataParameter, TransformationParameter.
    Caffe: window_multiclass_keypoint_data_layer.cpp of shubhtuls/ViewpointsAndKeypoints.
    """

    formula = "Windows of images, drawn at random: background first, then foreground; keypoints."

    exact_num_top_blobs = 3
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        start_windows(self, top, read_keypoint_file, transform_of_viewpoints(self))
