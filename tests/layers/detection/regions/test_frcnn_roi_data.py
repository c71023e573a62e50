"""FrcnnRoiData, and what it tells the net's other layers."""

import json

import numpy as np
import pytest

import blobnet
from blobnet import LayerError
from tests.sources.objects.roi_files import write_rois

pytest.importorskip("PIL")
TOPS = 'top: "data" top: "im_info" top: "gt_boxes"'


def net_of(path, kind="FrcnnRoiData", more="", phase="TEST", root=None, others=""):
    root = path.parent.as_posix() + "/" if root is None else root
    param = f'source: "{path.as_posix()}" root_folder: "{root}" {more}'
    text = f'layer {{ name: "in" type: "{kind}" {TOPS} window_data_param {{ {param} }} }}'
    return blobnet.Net(blobnet.parse_net(text + others), phase=phase, seed=5)


def config(tmp_path, **stated):
    path = tmp_path / "config.json"
    path.write_text(json.dumps(stated))
    return f'config: "{path.as_posix()}"'


def pixels(path):
    """(3, height, width), blue first."""
    from PIL import Image

    return np.asarray(Image.open(path), np.float32)[:, :, ::-1].transpose(2, 0, 1)


def test_an_image_at_its_scale_with_its_boxes(tmp_path):
    path = write_rois(tmp_path, [(40, 48)])
    tops = net_of(path, more=config(tmp_path, scales="40", pixel_means="10, 20, 30")).forward()
    expected = pixels(tmp_path / "0.png") - np.array([10, 20, 30])[:, None, None]
    np.testing.assert_allclose(tops["data"][0], expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(tops["im_info"].ravel(), [40, 48, 1])
    rows = tops["gt_boxes"]
    assert rows.shape == (2, 5, 1, 1)
    assert rows[:, :, 0, 0].tolist() == [[4, 5, 20, 30, 3], [0, 0, 39, 10, 1]]


def test_boxes_grow_with_the_image_and_end_with_it(tmp_path):
    path = write_rois(tmp_path, [(40, 48)], [(1, 4, 5, 60, 30, 0)])
    tops = net_of(path, more=config(tmp_path, scales="80")).forward()
    assert tops["data"].shape == (1, 3, 80, 96)
    np.testing.assert_array_equal(tops["gt_boxes"].ravel(), [8, 10, 94, 60, 1])
    tops = net_of(path, more=config(tmp_path, scales="80", max_size="72")).forward()
    assert tops["data"].shape == (1, 3, 60, 72)
    np.testing.assert_array_equal(tops["im_info"].ravel(), [60, 72, 1.5])


def test_half_are_turned_round_in_training(tmp_path):
    path = write_rois(tmp_path, [(40, 48)], [(1, 4, 5, 20, 30, 0)])
    stated = config(tmp_path, scales="40", pixel_means="0, 0, 0")
    image, seen = pixels(tmp_path / "0.png"), set()
    net = net_of(path, more=stated, phase="TRAIN")
    for _ in range(12):
        tops = net.forward()
        box = tops["gt_boxes"].ravel().tolist()
        seen.add(tuple(box))
        expected = image if box[0] == 4 else image[:, :, ::-1]
        np.testing.assert_allclose(tops["data"][0], expected, rtol=1e-5, atol=1e-4)
    assert seen == {(4, 5, 20, 30, 1), (27, 5, 43, 30, 1)}
    stated = config(tmp_path, scales="40", use_flipped="0")
    net = net_of(path, more=stated, phase="TRAIN")
    assert {net.forward()["gt_boxes"][0, 0, 0, 0] for _ in range(12)} == {4}


def test_all_images_come_in_a_drawn_order_at_drawn_scales(tmp_path):
    sizes = [(40, 48), (40, 50), (40, 52), (40, 54)]
    path = write_rois(tmp_path, sizes, [])
    net, rounds, scales = net_of(path, more=config(tmp_path, scales="40, 80")), [], set()
    for _ in range(6):
        widths = []
        for _ in range(4):
            tops = net.forward()
            scales.add(float(tops["im_info"].ravel()[2]))
            widths.append(tops["data"].shape[3] / tops["im_info"].ravel()[2])
            assert tops["gt_boxes"].shape == (0, 5, 1, 1)
        rounds.append(tuple(widths))
        assert sorted(widths) == [48, 50, 52, 54]
    assert len(set(rounds)) > 1
    assert scales == {1, 2}


def test_the_data_layers_settings_hold_for_all(tmp_path):
    path = write_rois(tmp_path, [(320, 480)], [(3, 40, 30, 200, 220, 0)])
    others = """
        layer { name: "rois" type: "DummyData" top: "rois"
                dummy_data_param { shape { dim: 1 dim: 5 } } }
        layer { name: "targets" type: "FrcnnProposalTarget" bottom: "rois" bottom: "gt_boxes"
                top: "a" top: "labels" top: "c" top: "d" top: "e" %s }"""
    stated = config(tmp_path, scales="320", n_classes="7")
    assert net_of(path, more=stated, others=others % "").forward()["c"].shape[1] == 28
    (tmp_path / "own.json").write_text('{"n_classes": "9"}')
    own = f'window_data_param {{ config: "{(tmp_path / "own.json").as_posix()}" }}'
    assert net_of(path, more=stated, others=others % own).forward()["c"].shape[1] == 36
    assert net_of(path, others=others % "").forward()["c"].shape[1] == 84


def test_a_label_of_no_class(tmp_path):
    path = write_rois(tmp_path, [(40, 48)])
    with pytest.raises(LayerError, match=r'FrcnnRoiData layer "in": (.*\n)*.*illegal label'):
        net_of(path, more=config(tmp_path, n_classes="3"))


def test_a_list_must_be_named():
    with pytest.raises(LayerError, match="no list of images"):
        blobnet.Net(blobnet.parse_net(f'layer {{ name: "in" type: "FrcnnRoiData" {TOPS} }}'))
