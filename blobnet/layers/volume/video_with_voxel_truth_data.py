"""VideoWithVoxelTruthData: clips, and numbers that are true of each voxel, such as the flow."""

from __future__ import annotations

from blobnet.blob import Blobs
from blobnet.layer_register import register_layer
from blobnet.layers.data._batch import BatchLayer
from blobnet.layers.volume._voxel_truth import voxel_batches


@register_layer("VideoWithVoxelTruthData")
class VideoWithVoxelTruthData(BatchLayer):
    """Files of a list, each with a clip and K numbers for each of its voxels.

    top[0]  data: (N, C, length, H, W)   N = `batch_size`; (value - mean) * scale
    top[1]  truth: (N, K, length, H, W)  K = `num_truth_channels`, the last channels of a file

    As VideoSegmentationData; values are floats of 32 bits, or with `use_byte_input` bytes. In a
    crop the truth is multiplied by `truth_scale` or, with `clip_min`, what is between that and
    `clip_max` becomes 0 to 1 and the rest is cut; without a crop it stays as it is. With `is_flow`
    the first channel of the truth points the other way in a clip that is flipped.

    Proto: ImageDataParameter.
    Caffe: video_with_voxel_truth_data_layer.cpp of C3D 1.0 (facebook/C3D).
    """

    formula = "Clips of a list, again and again, and numbers for each voxel."

    exact_num_top_blobs = 2
    backward_reads_bottom = False
    backward_reads_top = False

    def setup(self, bottom: Blobs, top: Blobs) -> None:
        make, skipped = voxel_batches(self, segments=False)
        self.start_reading(make, top, prefetch=1, begin=lambda reader: reader.skip(skipped))
