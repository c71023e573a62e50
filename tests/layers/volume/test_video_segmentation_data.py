"""Its numbers are tested beside those of the other: test_video_with_voxel_truth_data.py."""

import numpy as np

from blobnet import Net, parse_net
from tests.sources.voxel_clips import write_clip


def test_nets_of_c3d_have_it_by_an_old_name(tmp_path):
    clip = np.arange(3 * 2 * 5 * 5, dtype="u1").reshape(3, 2, 5, 5)
    (tmp_path / "list").write_text(str(write_clip(tmp_path / "a", clip)))
    text = f"""layers {{ name: "data" type: VIDEO_SEGMENTATION_DATA top: "data" top: "truth"
        image_data_param {{ source: "{tmp_path.as_posix()}/list" crop_size: 3 show_data: 0 }} }}"""
    found = Net(parse_net(text), phase="TEST").forward()
    np.testing.assert_array_equal(found["data"][0], clip[:2, :, 1:4, 1:4])
    np.testing.assert_array_equal(found["truth"][0], clip[2:, :, 1:4, 1:4])
