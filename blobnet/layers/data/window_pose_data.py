"""WindowPoseData: windows cut out of images, with how the object in each is turned."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.layers.data._windows import start_windows, transform_of_viewpoints
from blobnet.sources.window_poses import read_pose_file


@register_layer("WindowPoseData")
class WindowPoseData(BatchLayer):
    """WindowData, with classes of three angles, fine and coarse.

    top[0]     data: (N, 3, crop_size, crop_size)  as that of WindowData
    top[1]     label: (N, 1, 1, 1)                 the window's class; 0 for background
    top[2..4]  e1, e2, e3: (N, 1, 1, 1)            classes of the angles
    top[5..7]  e1, e2, e3: (N, 1, 1, 1)            coarser ones

    A line of the window file ends with the twelve numbers e1 e1m e2 e2m e3 e3m and those of the
    coarse angles: each is followed by what it is in the mirror, where a window is flipped. The mean
    is always 102.98, 115.95, 122.77 of blue, green and red; another is refused, which the fork
    leaves aside.

    Proto: WindowDataParameter, TransformationParameter.
    Caffe: window_pose_data_layer.cpp of shubhtuls/ViewpointsAndKeypoints.
    """

    formula = "Windows of images, drawn at random: background first, then foreground; and poses."

    exact_num_top_blobs = 8
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        start_windows(self, top, read_pose_file, transform_of_viewpoints(self))
