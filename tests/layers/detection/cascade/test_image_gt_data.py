import numpy as np
import pytest

import blobnet
from tests.sources.objects.object_files import OBJECTS, settings, write_objects

pytest.importorskip("PIL")
MAPS = "downsample_rate: 8 field_w: 40 field_h: 40 downsample_rate: 16 field_w: 60 field_h: 60"
TOPS = 'top: "data" top: "near" top: "far"'


def net_of(path, more="", tops=TOPS, transform="", maps=MAPS):
    return blobnet.Net(
        blobnet.parse_net(f"""layer {{ name: "it" type: "ImageGtData" {tops}
            transform_param {{ {transform} }}
            image_gt_data_param {{ {settings(path, more)} batch_size: 2 {maps} }} }}"""),
        seed=3,
    )


def pixels(path, number):
    from PIL import Image

    image = np.asarray(Image.open(path.parent / f"{number}.png"), np.float32)
    return image[:, :, ::-1].transpose(2, 0, 1)


def test_images_labels_and_boxes_as_listed(tmp_path):
    """No image is changed, as all are as large as the last one is listed."""
    path = write_objects(tmp_path, [(80, 96)] * 3, cascade=False)
    net = net_of(
        path, "output_gt_boxes: true scale: 0.5", f'{TOPS} top: "boxes"', "mean_value: 100"
    )
    for numbers in ((0, 1), (2, 0), (1, 2)):
        tops = net.forward()
        for item, number in enumerate(numbers):
            np.testing.assert_array_equal(tops["data"][item], (pixels(path, number) - 100) / 2)
        rows = tops["boxes"].reshape(-1, 7)
        assert rows[:, 0].tolist() == [0, 0, 0, 1, 1, 1]
        assert rows[:3, 1:].tolist() == [[*box, c, i] for c, i, _, *box in map(list, OBJECTS)]
    assert tops["near"].shape == (2, 6, 10, 12)
    assert tops["far"].shape == (2, 6, 5, 6)
    label = tops["near"][0, :, 3, 3]  # of the anchor from 8 to 48: 39 by 40 pixels are common
    np.testing.assert_allclose(label, [1, 27.5, 31.5, 39, 47, 1560 / (39 * 47 + 40 * 40 - 1560)])


def test_beside_an_image_there_is_nothing_and_it_is_ignored(tmp_path):
    path = write_objects(tmp_path, [(40, 48), (80, 96)], cascade=False)
    tops = net_of(path, "", transform="mean_value: 300").forward()
    is_there = tops["data"][0, 0] != 0
    assert is_there.sum() == 40 * 48
    rows = np.flatnonzero(is_there.any(axis=1))
    beside = tops["near"][0, 5, (rows[-1] + 1) // 8 + 1 :]
    assert (beside == 1).all()
    assert not tops["near"][0, 0, (rows[-1] + 1) // 8 + 1 :].any()


def test_an_object_that_is_too_small_is_ignored(tmp_path):
    path = write_objects(tmp_path, [(80, 96)], cascade=False)
    tops = net_of(path, "output_gt_boxes: true min_gt_height: 50", f'{TOPS} top: "boxes"').forward()
    assert tops["boxes"].reshape(-1, 7)[:3, 6].tolist() == [1, 0, 1]
    assert set(np.unique(tops["near"][:, 0])) == {0, 2}


def test_without_objects_there_is_one_to_be_ignored(tmp_path):
    path = write_objects(tmp_path, [(80, 96)], objects=[], cascade=False)
    tops = net_of(path, "output_gt_boxes: true", f'{TOPS} top: "boxes"').forward()
    assert tops["boxes"].reshape(-1).tolist() == [0, 1, 1, 2, 2, 1, 1]


def test_images_can_be_kept_in_memory(tmp_path):
    path = write_objects(tmp_path, [(80, 96)] * 2, cascade=False)
    net = net_of(path, "cache_images: true")
    first = net.forward()["data"].copy()
    for number in range(2):
        (tmp_path / f"{number}.png").unlink()
    np.testing.assert_array_equal(net.forward()["data"], first)


def test_everything_that_is_drawn_keeps_boxes_on_their_objects(tmp_path):
    """A bright object stays bright under its box, whatever is done with the image."""
    from tests.sources.image_files import write_png

    path = write_objects(tmp_path, [(80, 96)], OBJECTS[:1], cascade=False)
    image = np.zeros((3, 80, 96), np.uint8)
    image[:, 8:55, 8:47] = 255
    write_png(tmp_path / "0.png", image)
    net = net_of(
        path,
        "output_gt_boxes: true resize_width: 120 resize_height: 90 crop_width: 64 crop_height: 64 "
        "do_multiple_scale: true min_scale: 16 max_scale: 64 min_whaspect: 0.5 max_whaspect: 2 "
        "shuffle: true fg_img_multiple: 2",
        f'{TOPS} top: "boxes"',
        "mirror: true",
    )
    shapes = set()
    for _ in range(20):
        tops = net.forward()
        for image, row in zip(tops["data"], tops["boxes"].reshape(-1, 7), strict=True):
            x1, y1, x2, y2 = np.clip(np.round(row[1:5]).astype(int), 0, 64)
            assert image[:, y1 + 2 : y2 - 2, x1 + 2 : x2 - 2].min() > 200
            assert image.sum() < 1.35 * 3 * 255 * (x2 - x1) * (y2 - y1)
            shapes.add((x2 - x1, y2 - y1))
    assert len(shapes) > 10


@pytest.mark.parametrize(
    ("more", "tops", "transform", "match"),
    [
        ("", 'top: "data" top: "near"', "", "a top for each map"),
        ("coord_num: 5", TOPS, "", "4 coordinates"),
        ("", TOPS, "crop_size: 9", "crop_size"),
        ("", TOPS, "mean_value: 1 mean_value: 2", "as many as channels"),
        ("crop_height: 99", TOPS, "", "crop_height is more"),
    ],
)
def test_settings_that_do_not_fit(more, tops, transform, match, tmp_path):
    path = write_objects(tmp_path, [(80, 96)], cascade=False)
    with pytest.raises(blobnet.LayerError, match=match):
        net_of(path, more, tops, transform)


def test_a_file_of_the_other_fork_is_told(tmp_path):
    path = write_objects(tmp_path, [(80, 96)], cascade=True)
    with pytest.raises(blobnet.BlobnetError, match=r'"it": .*not a window file'):
        net_of(path)


@pytest.mark.parametrize(
    ("text", "match"), [("batch_size: 1", "no window file"), ('source: "x"', "batch_size")]
)
def test_no_list_or_no_batch(text, match):
    layer = 'name: "it" type: "ImageGtData" top: "data"'
    with pytest.raises(blobnet.LayerError, match=match):
        blobnet.Net(blobnet.parse_net(f"layer {{ {layer} image_gt_data_param {{ {text} }} }}"))
