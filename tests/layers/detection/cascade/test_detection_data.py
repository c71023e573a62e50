import numpy as np
import pytest

import blobnet
from tests.sources.objects.object_files import OBJECTS, settings, write_objects

pytest.importorskip("PIL")
MAPS = "stride: 8 field_w: 40 field_h: 40"


def net_of(path, more="", tops='top: "data" top: "near" top: "boxes"', transform=""):
    return blobnet.Net(
        blobnet.parse_net(f"""layer {{ name: "it" type: "DetectionData" {tops}
            transform_param {{ {transform} }}
            detection_data_param {{ {settings(path, more)} batch_size: 1 {MAPS}
                output_gt_boxes: true }} }}"""),
        seed=3,
    )


def test_images_labels_and_boxes(tmp_path):
    path = write_objects(tmp_path, [(80, 96), (96, 64)], cascade=True)
    net = net_of(path, transform="scale: 2")
    tops = net.forward()
    assert tops["data"].shape == (1, 3, 80, 96)
    assert tops["data"].max() > 500
    assert tops["boxes"].reshape(-1, 8)[:, 1:].tolist() == [
        [*box, c, i, d] for c, i, d, *box in map(list, OBJECTS)
    ]
    label = tops["near"][0, :, 3, 3]  # of the anchor from 8 to 48, which counts as 41 pixels
    expected = [1, 27.5, 31.5, 40, 48, 40 * 41 / (40 * 48 + 41 * 41 - 40 * 41)]
    np.testing.assert_allclose(label, expected, rtol=1e-6)
    assert net.forward()["near"].shape == (1, 6, 12, 8)


def test_regions_of_no_interest_are_ignored_unless_there_is_an_object(tmp_path):
    path = write_objects(tmp_path, [(80, 96)], OBJECTS[:1], [(-40, -40, 140, 120)], cascade=True)
    label = net_of(path).forward()["near"][0]
    is_object = label[0] > 0
    assert is_object.any()
    assert (label[5][~is_object] == 1).all()
    assert (label[5][is_object] < 1).all()


def test_a_batch_is_turned_as_its_first_image(tmp_path):
    path = write_objects(tmp_path, [(80, 96), (96, 64)], cascade=True)
    net = net_of(path, "short_size: 64 long_size: 96")
    shapes = [net.forward()["data"].shape for _ in range(2)]
    assert shapes == [(1, 3, 64, 96), (1, 3, 96, 64)]


@pytest.mark.parametrize("shuffle", ["random", "random_aspect", "random_mix_aspect"])
def test_a_seed_and_a_state_give_the_same_again(shuffle, tmp_path):
    path = write_objects(tmp_path, [(80, 96), (96, 64)] * 3, cascade=True)
    options = (
        f'shuffle: "{shuffle}" mix_group_size: 1 low_scale_ratio: 0.5 high_scale_ratio: 2 '
        "distort_param { brightness_prob: 0.5 brightness_delta: 9 }"
    )
    one, two = (net_of(path, options, transform="mirror: true") for _ in range(2))
    for _ in range(5):
        assert one.forward()["data"].tobytes() == two.forward()["data"].tobytes()
    resumed = net_of(path, options, transform="mirror: true")
    resumed.set_state(one.get_state())
    for _ in range(9):
        assert one.forward()["data"].tobytes() == resumed.forward()["data"].tobytes()


def test_without_objects_there_is_a_row_of_nothing(tmp_path):
    path = write_objects(tmp_path, [(80, 96)], objects=[], cascade=True)
    assert net_of(path).forward()["boxes"].reshape(-1).tolist() == [-1] * 8


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ('shuffle: "any"', "Unknown shuffling"),
        ("mix_group_size: 0", "Unknown shuffling"),
        ("fg_threshold: 0", "fg_threshold must be > 0"),
        ("coord_num: 3", "4 coordinates"),
        ("stride: 16", "a field_w, a field_h and a stride for each"),
        ("resize_ratio: 2 short_size: 9", "contradict each other"),
    ],
)
def test_settings_that_do_not_fit(more, match, tmp_path):
    path = write_objects(tmp_path, [(80, 96)], cascade=True)
    with pytest.raises(blobnet.LayerError, match=match):
        net_of(path, more)


def test_an_image_that_is_not_there(tmp_path):
    path = write_objects(tmp_path, [(80, 96)], cascade=True)
    (tmp_path / "0.png").unlink()
    with pytest.raises(blobnet.DataError, match="Could not open or find file"):
        net_of(path)
