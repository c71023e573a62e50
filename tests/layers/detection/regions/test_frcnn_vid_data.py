"""FrcnnVidData; what it shares with FrcnnRoiData is tested there."""

import numpy as np
import pytest

import blobnet
from blobnet import DataError, LayerError
from tests.layers.detection.regions.test_frcnn_roi_data import TOPS, config, net_of
from tests.sources.objects.roi_files import write_films

pytest.importorskip("PIL")


def test_frames_of_films(tmp_path):
    path = write_films(tmp_path, [(40, 48, 3), (60, 40, 1)], [(1, 4, 5, 60, 30, 0)])
    stated = config(tmp_path, scales="80")
    net, seen = net_of(path, "FrcnnVidData", stated, root="nowhere"), []
    for _ in range(30):
        tops = net.forward()
        seen.append(tops["data"].shape[2:])
        # not cut before it is scaled, as nothing is turned round
        edge = tops["data"].shape[3] - 1
        np.testing.assert_array_equal(tops["gt_boxes"].ravel()[:4], [8, 10, edge, 60])
    assert set(seen) == {(80, 96), (120, 80)}
    assert 5 < seen.count((120, 80)) < 25  # films are drawn, not frames


def test_a_frame_of_another_size(tmp_path):
    path = write_films(tmp_path, [(40, 48, 1)])
    path.write_text(path.read_text().replace("1 40 48", "1 40 49"))
    with pytest.raises(DataError, match=r'FrcnnVidData layer "in": (.*\n)*.*another height'):
        net_of(path, "FrcnnVidData").forward()


def test_a_list_must_be_named():
    with pytest.raises(LayerError, match="no list of images"):
        blobnet.Net(blobnet.parse_net(f'layer {{ name: "in" type: "FrcnnVidData" {TOPS} }}'))
