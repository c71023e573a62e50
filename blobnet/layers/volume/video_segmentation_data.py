"""VideoSegmentationData: clips, and the class of each voxel."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.layers.volume._voxel_truth import voxel_batches


@register_layer("VideoSegmentationData")
class VideoSegmentationData(BatchLayer):
    """Files of a list, each with a clip and the class of each of its voxels.

    top[0]  data: (N, C, length, H, W)   N = `batch_size`; (value - mean) * scale
    top[1]  truth: (N, 1, length, H, W)  the last channel of a file

    A file has five whole numbers of 32 bits, 1, C + 1, length, height and width, and a byte for
    each value. The mean is `mean_value`, or that of `mean_file`, of the size of a clip. With
    `crop_size` a square is cut out, at random in training, else from the middle; clips must be
    larger. `mirror` flips half of the clips and their truth. Relative paths begin in the current
    folder.

    Without a crop the fork's top[1] has the shape of other axes; here it is that of the clip. A
    file that cannot be read is an error in training, too, where the fork takes the next.

    Proto: ImageDataParameter.
    Caffe: video_segmentation_data_layer.cpp of C3D 1.0 (facebook/C3D).
    """

    formula = "Clips of a list, again and again, and the class of each voxel."

    exact_num_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        make, skipped = voxel_batches(self, segments=True)
        self.start_reading(make, top, prefetch=1, begin=lambda reader: reader.skip(skipped))
